//! Searching measured: quality and speed of our index beside plain bigrams (what Lucene's CJK analyzer does)
//! and SQLite's FTS5, on a judged corpus of the form `corpus.jsonl[.gz]`, `queries*.jsonl`, `qrels*.tsv`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use duijie_tests::finding::{self, Grades, Query, ndcg10, recall100};
use search::analysis::{BigramTokenizer, Piece, pieces};
use search::{Lexicon, NeedDoc, NeedIndex, NeedQuery, Position, Reader, Sort};
use serde::Deserialize;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, TantivyDocument, Term};
use uuid::Uuid;

/// Time that this thread has had the processor, where the system tells: on a machine that others use as well,
/// the clock on the wall measures them too.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// The same for the whole process, threads that have ended among them.
fn all_on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths.
    let fields: Vec<&str> = told.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// Runs something and says how long it took: by the wall, on the processor.
fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(T, Duration, Duration)> {
    let (wall, processor) = (Instant::now(), on_processor());
    let result = run()?;
    Ok((result, wall.elapsed(), on_processor().saturating_sub(processor)))
}

/// Queries of each kind that are timed.
const TIMED: usize = 300;

#[derive(Clone, Deserialize)]
struct Document {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    text: String,
}

pub async fn run(folder: &Path, scale: Option<usize>) -> Result<()> {
    let corpus = corpus(folder)?;
    let queries = finding::queries(&std::fs::read_to_string(one(folder, "queries", ".jsonl")?)?)?;
    let grades = finding::grades(&std::fs::read_to_string(one(folder, "qrels", ".tsv")?)?);
    println!("{} documents, {} queries", corpus.len(), queries.len());

    println!("\n-- quality on {}", folder.display());
    let temp = tempfile::tempdir()?;
    let (ours, _) = build(&temp.path().join("ours"), &corpus)?;
    let plain = Plain::build(&temp.path().join("plain"), &corpus)?;
    report("ours", &queries, &grades, |text| ours_ids(&ours, text, 100))?;
    report("plain bigrams", &queries, &grades, |text| plain.search(text, 100))?;
    for kind in [Fts::Trigram, Fts::Bigram] {
        let mut fts = kind.build(&corpus).await?;
        let (mut sums, mut times) = ((0.0, 0.0, 0.0), Vec::new());
        for query in &queries {
            let start = Instant::now();
            let found = kind.search(&mut fts, &query.text).await?;
            times.push(start.elapsed());
            add(&mut sums, &found, &grades, query);
        }
        say(kind.name(), sums, &mut times);
    }

    own_set()?;
    if std::env::var_os("DUIJIE_SEARCH_QUALITY_ONLY").is_some() {
        return Ok(());
    }
    saved_searches()?;

    speed(&temp.path().join("speed"), &corpus, &queries, corpus.len())?;
    if let Some(scale) = scale {
        speed(&temp.path().join("scaled"), &corpus, &queries, scale)?;
    }
    Ok(())
}

fn one(folder: &Path, start: &str, end: &str) -> Result<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("{} does not open", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.starts_with(start) && name.ends_with(end)
            })
        })
        .collect();
    found.sort();
    found.into_iter().next().with_context(|| format!("no {start}*{end} in {}", folder.display()))
}

fn corpus(folder: &Path) -> Result<Vec<Document>> {
    let zipped = folder.join("corpus.jsonl.gz");
    let reader: Box<dyn std::io::Read> = if zipped.exists() {
        Box::new(flate2::read::MultiGzDecoder::new(File::open(zipped)?))
    } else {
        Box::new(File::open(folder.join("corpus.jsonl"))?)
    };
    let mut documents = Vec::new();
    for line in BufReader::new(reader.take(4 << 30)).lines() {
        documents.push(serde_json::from_str(&line?).context("a document does not read")?);
    }
    if documents.is_empty() {
        bail!("the corpus is empty");
    }
    Ok(documents)
}

/// A document as a need. Places, services and so on are spread evenly, for facets and filters.
fn need(number: usize, document: &Document, text: Option<String>) -> NeedDoc {
    const GROUPS: [&str; 4] = ["low_income", "destitute", "children", "disabled"];
    let services = domain::vocabulary::service_categories();
    let service = &services[number * 7 % services.len()];
    NeedDoc {
        id: Uuid::from_u64_pair(3, number as u64),
        code: document.id.clone(),
        division_code: format!("1201{:02}{:03}000", number % 16 + 1, number / 16 % 20 + 1),
        kind: "household".into(),
        state: "open".into(),
        is_public: true,
        services: vec![service.code.to_owned()],
        service_groups: vec![service.group.code().to_owned()],
        beneficiary_groups: vec![GROUPS[number / 5 % GROUPS.len()].to_owned()],
        urgent: number.is_multiple_of(23),
        open_units: true,
        published_at: 1_700_000_000_000_000 + i64::try_from(number).unwrap_or(0) * 1_000_000,
        title: document.title.clone(),
        text: text.unwrap_or_else(|| document.text.clone()),
        ..NeedDoc::default()
    }
}

fn build(folder: &Path, corpus: &[Document]) -> Result<(NeedIndex, Duration)> {
    build_scaled(folder, corpus, corpus.len())
}

/// The corpus again and again until there are so many; each copy ends with words of another document in place of its own,
/// so that documents are as long as the corpus has them.
fn build_scaled(folder: &Path, corpus: &[Document], count: usize) -> Result<(NeedIndex, Duration)> {
    let index = NeedIndex::open(folder)?.index;
    index.set_lexicon(Arc::new(Lexicon::shipped()));
    let (start, processor) = (Instant::now(), all_on_processor());
    let documents = (0..count).map(|number| {
        let document = &corpus[number % corpus.len()];
        let Some(round) = (number / corpus.len()).checked_sub(1) else { return need(number, document, None) };
        let other = &corpus[number * 7_919 % corpus.len()].text;
        let own = document.text.chars().count();
        let changed = own.min(40);
        let start = document.text.chars().take(own - changed);
        let text: String = start.chain(other.chars().chain(other.chars()).skip(round).take(changed)).collect();
        need(number, document, Some(text))
    });
    index.rebuild(documents, Position(0, 1, 0))?;
    println!("   (built on the processor in {:.1} s)", all_on_processor().saturating_sub(processor).as_secs_f64());
    Ok((index, start.elapsed()))
}

fn ours_ids(index: &NeedIndex, text: &str, limit: usize) -> Result<Vec<String>> {
    let query = NeedQuery { text: text.to_owned(), sort: Sort::Relevance, limit, facets: true, ..NeedQuery::default() };
    index.forget_answers();
    Ok(index.search(&query, &Reader::Organization)?.hits.into_iter().map(|hit| hit.code).collect())
}

fn report(
    name: &str,
    queries: &[Query],
    grades: &Grades,
    mut search: impl FnMut(&str) -> Result<Vec<String>>,
) -> Result<()> {
    let (mut sums, mut times) = ((0.0, 0.0, 0.0), Vec::new());
    for query in queries {
        let start = Instant::now();
        let found = search(&query.text)?;
        times.push(start.elapsed());
        add(&mut sums, &found, grades, query);
    }
    say(name, sums, &mut times);
    Ok(())
}

fn add(sums: &mut (f64, f64, f64), found: &[String], grades: &Grades, query: &Query) {
    if let Some(known) = grades.get(&query.id) {
        sums.0 += ndcg10(found, known);
        sums.1 += recall100(found, known);
        sums.2 += 1.0;
    }
}

fn say(name: &str, (ndcg, recall, count): (f64, f64, f64), times: &mut [Duration]) {
    let (p50, p99) = quantiles(times);
    println!(
        "{name:<14} nDCG@10 {:.4}  recall@100 {:.4}  p50 {p50:.2} ms  p99 {p99:.2} ms",
        ndcg / count,
        recall / count
    );
}

fn tell(name: &str, walls: &mut [Duration], processors: &mut [Duration]) {
    let ((p50, p99), (own50, own99)) = (quantiles(walls), quantiles(processors));
    println!("{name:<35} p50 {p50:>8.2} ms  p99 {p99:>8.2} ms  on the processor {own50:>8.2} {own99:>8.2}");
}

fn quantiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |percent: usize| {
        let place = times.len().saturating_sub(1) * percent / 100;
        times.get(place).map_or(0.0, Duration::as_secs_f64) * 1e3
    };
    (at(50), at(99))
}

/// The project's own set, with and without the words it understands.
fn own_set() -> Result<()> {
    println!("\n-- own set (tests/data/search)");
    let needs = finding::own_needs()?;
    let temp = tempfile::tempdir()?;
    let ours = finding::index(&temp.path().join("a"), needs.clone(), true)?;
    let without = finding::index(&temp.path().join("b"), needs.clone(), false)?;
    let documents: Vec<Document> = needs
        .iter()
        .map(|n| Document { id: n.code.clone(), title: n.title.clone(), text: format!("{}\n{}", n.text, n.words) })
        .collect();
    let plain = Plain::build(&temp.path().join("c"), &documents)?;
    let scores = finding::score(&ours, &Reader::Organization)?;
    let bare = finding::score(&without, &Reader::Organization)?;
    let public = finding::score(&ours, &Reader::Public)?;
    for (kind, (ndcg, recall)) in &scores {
        println!(
            "{kind:<9} nDCG@10 {ndcg:.3}  recall@100 {recall:.3}  without words {:.3}  the public's tier {:.3}",
            bare[kind].0, public[kind].0
        );
    }
    let folder = finding::own_folder();
    let queries = finding::queries(&std::fs::read_to_string(folder.join("queries.jsonl"))?)?;
    let grades = finding::grades(&std::fs::read_to_string(folder.join("qrels.tsv"))?);
    report("plain bigrams", &queries, &grades, |text| plain.search(text, 100))
}

/// What a new need costs that is held against very many saved searches. It is paid behind the publication, by
/// a follower of the event log.
fn saved_searches() -> Result<()> {
    use search::matching::{Candidate, Prepared};
    const SAVED: usize = 10_000;
    println!("\n-- {SAVED} saved searches");
    let lexicon = Lexicon::shipped();
    let queries = finding::queries(&std::fs::read_to_string(finding::own_folder().join("queries.jsonl"))?)?;
    let start = Instant::now();
    let saved: Vec<Prepared> = (0..SAVED)
        .map(|number| {
            let query = NeedQuery {
                text: queries[number % queries.len()].text.clone(),
                districts: if number % 3 == 0 { vec![format!("1201{:02}", number % 16 + 1)] } else { Vec::new() },
                ..NeedQuery::default()
            };
            Prepared::new(query, &lexicon)
        })
        .collect();
    println!("understood once in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let (mut times, mut fitting) = (Vec::new(), 0);
    for need in finding::own_needs()?.iter().take(100) {
        let start = Instant::now();
        if let Some(candidate) = Candidate::new(need, &Reader::Organization) {
            fitting += saved.iter().filter(|prepared| candidate.fits(prepared)).count();
        }
        times.push(start.elapsed());
    }
    let (p50, p99) = quantiles(&mut times);
    println!("one new need: p50 {p50:.2} ms  p99 {p99:.2} ms, fits {} on average", fitting / times.len().max(1));
    Ok(())
}

/// Times of our index and of plain bigrams on `count` documents.
fn speed(folder: &Path, corpus: &[Document], queries: &[Query], count: usize) -> Result<()> {
    println!("\n-- speed, {count} documents, one thread");
    let (index, took) = build_scaled(&folder.join("ours"), corpus, count)?;
    let (n, sizes) = (count as u64, index.sizes_on_disk()?);
    let bytes: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    println!(
        "ours: built in {:.1} s, {:.0} docs/s, {} bytes/doc",
        took.as_secs_f64(),
        f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64(),
        bytes / n
    );
    for (part, bytes) in sizes.iter().take_while(|(_, bytes)| bytes / n >= 10) {
        println!("      {part}: {} bytes/doc", bytes / n);
    }
    let short = short_queries(queries);
    let long: Vec<String> = queries.iter().map(|query| query.text.clone()).collect();
    let base = NeedQuery { sort: Sort::Relevance, limit: 10, ..NeedQuery::default() };
    let ask = |name: &str, texts: &[String], change: &dyn Fn(usize, NeedQuery) -> NeedQuery| -> Result<()> {
        let (mut walls, mut processors) = (Vec::new(), Vec::new());
        for (number, text) in texts.iter().take(TIMED).enumerate() {
            let query = change(number, NeedQuery { text: text.clone(), ..base.clone() });
            index.forget_answers();
            let (_, wall, processor) = timed(|| Ok(index.search(&query, &Reader::Organization)?))?;
            walls.push(wall);
            processors.push(processor);
            if std::env::var_os("DUIJIE_SEARCH_SLOW").is_some() && processor > Duration::from_millis(5) {
                println!("  {:>8.2} ms  {}", processor.as_secs_f64() * 1e3, text.chars().take(40).collect::<String>());
            }
        }
        tell(&format!("ours   {name}"), &mut walls, &mut processors);
        Ok(())
    };
    let bare = |_: usize, query: NeedQuery| NeedQuery { facets: false, ..query };
    let facets = |_: usize, query: NeedQuery| query;
    let filtered = |number: usize, query: NeedQuery| NeedQuery {
        facets: false,
        districts: vec![format!("1201{:02}", number % 16 + 1)],
        ..query
    };
    ask("short", &short, &bare)?;
    ask("short, all facets", &short, &facets)?;
    ask("short, filter", &short, &filtered)?;
    ask("long", &long, &bare)?;
    ask("long, all facets", &long, &facets)?;
    ask("long, filter", &long, &filtered)?;
    let mut times: Vec<Duration> = (0..100)
        .map(|i| {
            let changed = need(i * 97 % count, &corpus[i % corpus.len()], None);
            let start = Instant::now();
            index.apply(&[changed], &[], Position(0, 2 + i as u64, 0)).map(|()| start.elapsed())
        })
        .collect::<Result<_, _>>()?;
    let (p50, p99) = quantiles(&mut times);
    println!("ours   write to visible             p50 {p50:>8.2} ms  p99 {p99:>8.2} ms");
    drop(index);

    let scaled: Box<dyn Iterator<Item = Document>> = Box::new((0..count).map(|i| corpus[i % corpus.len()].clone()));
    let started = Instant::now();
    let plain = Plain::build_from(&folder.join("plain"), scaled)?;
    let rate = f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / started.elapsed().as_secs_f64();
    for (name, texts) in [("short", &short), ("long", &long)] {
        let (mut walls, mut processors) = (Vec::new(), Vec::new());
        for text in texts.iter().take(TIMED) {
            let (_, wall, processor) = timed(|| plain.search(text, 10))?;
            walls.push(wall);
            processors.push(processor);
        }
        tell(&format!("plain  {name}"), &mut walls, &mut processors);
    }
    println!("plain: {rate:.0} docs/s, {} bytes/doc", plain.bytes()? / n);
    Ok(())
}

/// Two to four characters out of the middle of each question, and the words that people type here.
fn short_queries(queries: &[Query]) -> Vec<String> {
    let own = ["助餐", "陪诊", "心理疏导", "法律援助", "合同", "残疾人", "老年人", "未成年人", "房屋", "医疗救助"];
    let cut = queries.iter().enumerate().filter_map(|(number, query)| {
        let han = pieces(&query.text).into_iter().find_map(|piece| match piece {
            Piece::Han(chars) if chars.len() >= 6 => Some(chars),
            _ => None,
        })?;
        let length = 2 + number % 3;
        let start = (han.len() - length) / 2;
        Some(han[start..start + length].iter().collect::<String>())
    });
    own.iter().map(|word| (*word).to_owned()).chain(cut).collect()
}

/// Character bigrams in one field, any of them, BM25: the baseline.
struct Plain {
    index: Index,
    reader: tantivy::IndexReader,
    id: tantivy::schema::Field,
    body: tantivy::schema::Field,
}

impl Plain {
    fn build(folder: &Path, corpus: &[Document]) -> Result<Self> {
        Self::build_from(folder, corpus.iter().cloned())
    }

    fn build_from(folder: &Path, corpus: impl Iterator<Item = Document>) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("bigram").set_index_option(IndexRecordOption::WithFreqs);
        let id = schema.add_text_field("id", STRING | STORED);
        let body = schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
        let index = Index::create_in_dir(folder, schema.build())?;
        index.tokenizers().register("bigram", TextAnalyzer::from(BigramTokenizer::default()));
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 64_000_000)?;
        for document in corpus {
            let mut row = TantivyDocument::default();
            row.add_text(id, &document.id);
            row.add_text(body, &document.title);
            row.add_text(body, &document.text);
            writer.add_document(row)?;
        }
        writer.commit()?;
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        let reader = index.reader()?;
        reader.reload()?;
        Ok(Self { index, reader, id, body })
    }

    fn search(&self, text: &str, limit: usize) -> Result<Vec<String>> {
        let clauses: Vec<(Occur, Box<dyn tantivy::query::Query>)> = bigrams(text)
            .into_iter()
            .map(|bigram| {
                let term = Term::from_field_text(self.body, &bigram);
                let query: Box<dyn tantivy::query::Query> =
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
            .collect();
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(limit).order_by_score())?;
        found
            .into_iter()
            .map(|(_, address)| {
                let row: TantivyDocument = searcher.doc(address)?;
                Ok(row.get_first(self.id).and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default())
            })
            .collect()
    }

    fn bytes(&self) -> Result<u64> {
        let _ = &self.index;
        Ok(self.reader.searcher().space_usage()?.total().get_bytes())
    }
}

fn bigrams(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Han(chars) if chars.len() == 1 => all.push(chars.iter().collect()),
            Piece::Han(chars) => all.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>())),
            Piece::Word(word) => all.push(word),
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// SQLite's own full-text search.
#[derive(Clone, Copy)]
enum Fts {
    /// Its trigram tokenizer.
    Trigram,
    /// Bigrams made here, separated by spaces.
    Bigram,
}

impl Fts {
    fn name(self) -> &'static str {
        match self {
            Self::Trigram => "FTS5 trigram",
            Self::Bigram => "FTS5 bigram",
        }
    }

    async fn build(self, corpus: &[Document]) -> Result<SqliteConnection> {
        let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().in_memory(true)).await?;
        let tokenizer = match self {
            Self::Trigram => "CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, body, tokenize='trigram')",
            Self::Bigram => "CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, body, tokenize='unicode61')",
        };
        sqlx::query(tokenizer).execute(&mut connection).await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        for document in corpus {
            let text = format!("{} {}", document.title, document.text);
            let body = match self {
                Self::Trigram => text,
                Self::Bigram => spaced(&text),
            };
            sqlx::query("INSERT INTO t VALUES ($1, $2)").bind(&document.id).bind(body).execute(&mut connection).await?;
        }
        sqlx::query("COMMIT").execute(&mut connection).await?;
        Ok(connection)
    }

    async fn search(self, connection: &mut SqliteConnection, text: &str) -> Result<Vec<String>> {
        let terms: Vec<String> = match self {
            Self::Bigram => bigrams(text),
            Self::Trigram => {
                let chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
                chars.windows(3).map(|three| three.iter().collect()).collect()
            }
        };
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let any = terms.iter().map(|term| format!("\"{term}\"")).collect::<Vec<_>>().join(" OR ");
        let rows = sqlx::query("SELECT id FROM t WHERE t MATCH $1 ORDER BY rank LIMIT 100")
            .bind(any)
            .fetch_all(connection)
            .await?;
        Ok(rows.iter().map(|row| row.get::<String, _>(0)).collect())
    }
}

/// The bigrams of a text in order, with repetitions.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Han(chars) if chars.len() == 1 => out.extend(chars),
            Piece::Han(chars) => {
                for pair in chars.windows(2) {
                    out.extend(pair);
                    out.push(' ');
                }
            }
            Piece::Word(word) => out.push_str(&word),
        }
        out.push(' ');
    }
    out
}
