//! A primal network simplex for one kind of network: lines that are either
//! served by a pool or left unserved, pools under a capacity, some of them under
//! an owner's limit. Exact in whole numbers.
//!
//! Every line starts as unserved, which is a feasible spanning tree (a star).
//! The leaving arc is chosen so that the tree stays strongly feasible
//! (Cunningham 1976), so no sequence of pivots can go round in a circle.

const NONE: u32 = u32::MAX;
const ENDLESS: i64 = i64::MAX / 8;

/// The network. Arcs of line `l` are `first[l]..first[l + 1]`.
pub(crate) struct Network<'a> {
    pub supply: &'a [i64],
    /// Cost of leaving one unit of a line unserved, more than any sum of fits.
    pub unserved: &'a [i64],
    pub first: &'a [u32],
    pub pool: &'a [u32],
    /// Gain of one unit over the arc.
    pub fit: &'a [u16],
    /// At least 1 each.
    pub capacity: &'a [i64],
    /// Index of the owner of a pool, or `u32::MAX`.
    pub owner: &'a [u32],
    /// At least 1 each.
    pub limit: &'a [i64],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Index into the arcs.
    Serve(u32),
    Unserved,
    Pool(u32),
    Owner(u32),
}

/// The arc between a node and its parent.
#[derive(Clone, Copy)]
struct Branch {
    /// From the node to its parent, or the other way round.
    up: bool,
    capacity: i64,
    flow: i64,
    which: Which,
}

struct Entering {
    tail: usize,
    head: usize,
    capacity: i64,
    reduced: i64,
    which: Which,
    at_upper: bool,
}

struct Tree<'a> {
    net: &'a Network<'a>,
    lines: usize,
    pools: usize,
    root: usize,
    parent: Vec<u32>,
    child: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    depth: Vec<u32>,
    potential: Vec<i64>,
    branch: Vec<Branch>,
    pool_full: Vec<bool>,
    owner_full: Vec<bool>,
    stack: Vec<u32>,
}

fn short(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

/// Solves; returns (arc, flow) of every used arc in order of arcs. `step` is
/// told the number of pivots now and then and may stop the work by `false`.
pub(crate) fn solve(net: &Network<'_>, step: &mut dyn FnMut(u64) -> bool) -> Option<Vec<(u32, i64)>> {
    let mut tree = Tree::new(net);
    let positions = tree.root;
    // About the square root of all arcs is looked through before the best of them enters.
    let block = net.pool.len().isqrt().max(64);
    let (mut at, mut quiet, mut pivots) = (0, 0, 0_u64);
    while quiet < positions {
        let mut best: Option<Entering> = None;
        let mut seen = 0;
        while seen < block && quiet < positions {
            seen += 1 + tree.price(at, &mut best);
            quiet += 1;
            at = if at + 1 == positions { 0 } else { at + 1 };
        }
        if let Some(entering) = best {
            tree.pivot(&entering);
            quiet = 0;
            pivots += 1;
            if pivots.is_multiple_of(4096) && !step(pivots) {
                return None;
            }
        }
    }
    Some(tree.flows())
}

impl<'a> Tree<'a> {
    fn new(net: &'a Network<'a>) -> Self {
        let (lines, pools, owners) = (net.supply.len(), net.capacity.len(), net.limit.len());
        let root = lines + pools + owners;
        let node = |fill| vec![fill; root + 1];
        let mut tree = Self {
            net,
            lines,
            pools,
            root,
            parent: node(NONE),
            child: node(NONE),
            next: node(NONE),
            previous: node(NONE),
            depth: node(0),
            potential: vec![0; root + 1],
            branch: vec![Branch { up: true, capacity: ENDLESS, flow: 0, which: Which::Unserved }; root + 1],
            pool_full: vec![false; pools],
            owner_full: vec![false; owners],
            stack: Vec::new(),
        };
        for (owner, limit) in net.limit.iter().enumerate() {
            let which = Which::Owner(short(owner));
            tree.hang(lines + pools + owner, root, Branch { up: true, capacity: *limit, flow: 0, which });
        }
        for (pool, capacity) in net.capacity.iter().enumerate() {
            let which = Which::Pool(short(pool));
            tree.hang(lines + pool, tree.above(pool), Branch { up: true, capacity: *capacity, flow: 0, which });
        }
        for line in 0..lines {
            let branch = Branch { up: true, capacity: ENDLESS, flow: net.supply[line], which: Which::Unserved };
            tree.hang(line, root, branch);
            tree.potential[line] = -net.unserved[line];
        }
        tree
    }

    /// Where a pool's flow goes: its owner or the root.
    fn above(&self, pool: usize) -> usize {
        match self.net.owner[pool] {
            NONE => self.root,
            owner => self.lines + self.pools + owner as usize,
        }
    }

    fn hang(&mut self, node: usize, under: usize, branch: Branch) {
        self.parent[node] = short(under);
        self.depth[node] = self.depth[under] + 1;
        self.branch[node] = branch;
        let first = self.child[under];
        self.next[node] = first;
        self.previous[node] = NONE;
        if first != NONE {
            self.previous[first as usize] = short(node);
        }
        self.child[under] = short(node);
    }

    fn cut(&mut self, node: usize) {
        let (before, after) = (self.previous[node], self.next[node]);
        if before == NONE {
            self.child[self.parent[node] as usize] = after;
        } else {
            self.next[before as usize] = after;
        }
        if after != NONE {
            self.previous[after as usize] = before;
        }
    }

    /// Looks for a better entering arc among those of one node; returns how many there are.
    fn price(&self, node: usize, best: &mut Option<Entering>) -> usize {
        let least = best.as_ref().map_or(0, |entering| -entering.reduced.abs());
        if node < self.lines {
            let arcs = self.net.first[node] as usize..self.net.first[node + 1] as usize;
            let own = self.potential[node];
            let mut found = (least, None);
            let pools = &self.potential[self.lines..];
            for arc in arcs.clone() {
                let reduced = own - i64::from(self.net.fit[arc]) - pools[self.net.pool[arc] as usize];
                if reduced < found.0 {
                    found = (reduced, Some(arc));
                }
            }
            let unserved = own + self.net.unserved[node];
            if unserved < found.0 {
                *best = Some(Entering {
                    tail: node,
                    head: self.root,
                    capacity: ENDLESS,
                    reduced: unserved,
                    which: Which::Unserved,
                    at_upper: false,
                });
            } else if let (reduced, Some(arc)) = found {
                *best = Some(Entering {
                    tail: node,
                    head: self.lines + self.net.pool[arc] as usize,
                    capacity: ENDLESS,
                    reduced,
                    which: Which::Serve(short(arc)),
                    at_upper: false,
                });
            }
            return arcs.len();
        }
        let (head, capacity, which, full) = if node < self.lines + self.pools {
            let pool = node - self.lines;
            (self.above(pool), self.net.capacity[pool], Which::Pool(short(pool)), self.pool_full[pool])
        } else {
            let owner = node - self.lines - self.pools;
            (self.root, self.net.limit[owner], Which::Owner(short(owner)), self.owner_full[owner])
        };
        let reduced = self.potential[node] - self.potential[head];
        if (if full { -reduced } else { reduced }) < least {
            *best = Some(Entering { tail: node, head, capacity, reduced, which, at_upper: full });
        }
        1
    }

    fn pivot(&mut self, entering: &Entering) {
        let (from, to) =
            if entering.at_upper { (entering.head, entering.tail) } else { (entering.tail, entering.head) };
        let apex = self.apex(from, to);
        // Flow runs apex → from → to → apex; the last arc that blocks it leaves.
        let mut delta = entering.capacity;
        let mut leaving = None;
        let mut node = from;
        while node != apex {
            let b = &self.branch[node];
            let rest = if b.up { b.flow } else { b.capacity - b.flow };
            if rest < delta {
                delta = rest;
                leaving = Some((node, from, to));
            }
            node = self.parent[node] as usize;
        }
        node = to;
        while node != apex {
            let b = &self.branch[node];
            let rest = if b.up { b.capacity - b.flow } else { b.flow };
            if rest <= delta {
                delta = rest;
                leaving = Some((node, to, from));
            }
            node = self.parent[node] as usize;
        }
        if delta > 0 {
            self.push(from, apex, -delta);
            self.push(to, apex, delta);
        }
        let flow = if entering.at_upper { entering.capacity - delta } else { delta };
        let Some((cut, inside, outside)) = leaving else {
            self.set_full(entering.which, !entering.at_upper);
            return;
        };
        let out = self.branch[cut];
        self.set_full(out.which, out.flow == out.capacity);
        let branch = Branch { up: entering.tail == inside, capacity: entering.capacity, flow, which: entering.which };
        self.rehang(cut, inside, outside, branch);
        let shift = if entering.tail == inside { -entering.reduced } else { entering.reduced };
        self.refresh(inside, shift);
    }

    fn apex(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            if self.depth[a] >= self.depth[b] {
                a = self.parent[a] as usize;
            } else {
                b = self.parent[b] as usize;
            }
        }
        a
    }

    /// Adds flow along the way up from a node to the apex.
    fn push(&mut self, mut node: usize, apex: usize, amount: i64) {
        while node != apex {
            let b = &mut self.branch[node];
            b.flow += if b.up { amount } else { -amount };
            node = self.parent[node] as usize;
        }
    }

    fn set_full(&mut self, which: Which, full: bool) {
        match which {
            Which::Pool(pool) => self.pool_full[pool as usize] = full,
            Which::Owner(owner) => self.owner_full[owner as usize] = full,
            Which::Serve(_) | Which::Unserved => {}
        }
    }

    /// Hangs the part below `cut` under `outside` by its node `inside`.
    fn rehang(&mut self, cut: usize, inside: usize, outside: usize, branch: Branch) {
        let (mut node, mut under, mut branch) = (inside, outside, branch);
        loop {
            let (old_parent, old_branch) = (self.parent[node] as usize, self.branch[node]);
            self.cut(node);
            self.hang(node, under, branch);
            if node == cut {
                return;
            }
            branch = Branch { up: !old_branch.up, ..old_branch };
            under = node;
            node = old_parent;
        }
    }

    /// New depths and potentials below a node that was hung elsewhere.
    fn refresh(&mut self, top: usize, shift: i64) {
        let mut stack = std::mem::take(&mut self.stack);
        stack.push(short(top));
        while let Some(node) = stack.pop() {
            let node = node as usize;
            self.depth[node] = self.depth[self.parent[node] as usize] + 1;
            self.potential[node] += shift;
            let mut child = self.child[node];
            while child != NONE {
                stack.push(child);
                child = self.next[child as usize];
            }
        }
        self.stack = stack;
    }

    fn flows(&self) -> Vec<(u32, i64)> {
        let mut all: Vec<(u32, i64)> = self
            .branch
            .iter()
            .take(self.root)
            .filter_map(|b| match b.which {
                Which::Serve(arc) if b.flow > 0 => Some((arc, b.flow)),
                _ => None,
            })
            .collect();
        all.sort_unstable();
        all
    }
}
