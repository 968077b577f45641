//! Where a request comes from: the peer, or the client that a trusted proxy names. What anybody else writes into a
//! forwarding header counts for nothing.

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// Address of the client as it is counted and shown; an IPv6 client by its network of 64 bits.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientAddress(pub String);

/// Networks from a comma-separated list of addresses and networks.
pub fn networks(text: &str) -> Option<Vec<IpNet>> {
    text.split([',', ' ', ';'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from)))
        .collect()
}

pub(crate) fn client(peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    let Some(ConnectInfo(peer)) = peer else { return ClientAddress::default() };
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut client = peer.ip().to_canonical();
    // From the nearest proxy outwards, as long as each step is trusted.
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect::<Vec<_>>();
    for name in named.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = parse(name) else { break };
        client = address;
    }
    ClientAddress(match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    })
}

/// An address, also with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|peer| peer.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        headers.insert("x-real-ip", "9.9.9.9".parse().unwrap());
        headers.insert("forwarded", "for=9.9.9.9".parse().unwrap());
        client(Some(&ConnectInfo(peer.parse().unwrap())), &headers, &networks(trusted).unwrap()).0
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("203.0.113.5:1", &["1.2.3.4"], ""), "203.0.113.5");
        assert_eq!(seen("203.0.113.5:1", &["1.2.3.4"], "10.0.0.0/8"), "203.0.113.5");
        assert_eq!(seen("10.1.2.3:1", &["1.2.3.4"], "10.0.0.0/8"), "1.2.3.4");
        // What the client wrote stands left of what the proxy added.
        assert_eq!(seen("10.1.2.3:1", &["6.6.6.6, 1.2.3.4"], "10.0.0.0/8"), "1.2.3.4");
        assert_eq!(seen("10.1.2.3:1", &["6.6.6.6", "1.2.3.4, 10.9.9.9"], "10.0.0.0/8"), "1.2.3.4");
        assert_eq!(seen("10.1.2.3:1", &["nonsense"], "10.0.0.0/8"), "10.1.2.3");
        assert_eq!(seen("10.1.2.3:1", &[], "10.1.2.3"), "10.1.2.3");
        assert_eq!(seen("[2001:db8:1:2:3:4:5:6]:1", &[], ""), "2001:db8:1:2::/64");
        assert_eq!(seen("[::ffff:203.0.113.5]:1", &[], ""), "203.0.113.5");
    }

    #[test]
    fn networks_read() {
        assert_eq!(networks("127.0.0.1, ::1;10.0.0.0/8").map(|all| all.len()), Some(3));
        assert_eq!(networks("everywhere"), None);
    }
}
