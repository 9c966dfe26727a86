//! The words OpenSSL knows, of every release from 1.1.1 on.

/// Names of ciphers are made of these, with `-` between.
const PARTS: &str = " 3DES ADH AECDH AES AES128 AES256 ARIA ARIA128 ARIA256 CAMELLIA CAMELLIA128 CAMELLIA256 CBC CBC3 \
    CCM CCM8 CHACHA20 DES DH DHE DSS ECDH ECDHE ECDSA EDH EXP EXPORT GCM GOST2001 GOST2012 GOST94 GOST89 IDEA KRB5 MD5 \
    NULL POLY1305 PSK RC2 RC4 RSA SEED SHA SHA1 SHA256 SHA384 SRP 128 256 ";

/// Words for many ciphers at once.
const GROUPS: &str = " ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT DEFAULT HIGH MEDIUM LOW EXP EXPORT EXPORT40 EXPORT56 FIPS \
    eNULL aNULL NULL kRSA aRSA RSA kDHE kEDH DH DHE EDH ADH kDHr kDHd kDH kECDHr kECDHe kECDH kECDHE kEECDH ECDH ECDHE \
    EECDH AECDH aDSS DSS aDH aECDH aECDSA ECDSA TLSv1 TLSv1.0 TLSv1.2 SSLv3 SSLv2 AES AES128 AES256 AESGCM AESCCM \
    AESCCM8 CHACHA20 CAMELLIA CAMELLIA128 CAMELLIA256 ARIA ARIA128 ARIA256 ARIAGCM CBC 3DES DES RC4 RC2 IDEA SEED MD5 \
    SHA SHA1 SHA256 SHA384 aGOST aGOST01 aGOST12 kGOST kGOST18 GOST94 GOST89 GOST89MAC GOST12 PSK aPSK kPSK kECDHEPSK \
    kDHEPSK kRSAPSK SRP aSRP kSRP SUITEB128 SUITEB128ONLY SUITEB128C2 SUITEB192 KRB5 PROFILE=SYSTEM ";

/// Commands of `SSL_CONF_cmd` that a file may hold.
const COMMANDS: &str = " signaturealgorithms clientsignaturealgorithms groups curves ecdhparameters cipherstring \
    ciphersuites protocol minprotocol maxprotocol options certificate privatekey serverinfofile chaincapath chaincafile \
    chaincastore verifycapath verifycafile verifycastore requestcafile clientcafile requestcapath clientcapath \
    requestcastore clientcastore dhparameters recordpadding numtickets verifymode txcertificatecompression ";

/// What `Options` switches, with a `-` before it off.
const OPTIONS: &str = " sessionticket emptyfragments bugs compression serverpreference noresumptiononrenegotiation \
    dhsingle ecdhsingle unsafelegacyrenegotiation unsafelegacyserverconnect encryptthenmac norenegotiation \
    allownodhekex preferdhekex prefernodhekex prioritizechacha middleboxcompat antireplay extendedmastersecret canames \
    ktls ktlstxzerocopysendfile ignoreunexpectedeof strictcertcheck txcertificatecompression \
    rxcertificatecompression servergroupselectpreference ";

const PROTOCOLS: &str =
    " all none sslv2 sslv3 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 dtlsv1 dtlsv1.0 dtlsv1.2 0 ";

/// Ciphers of TLS 1.3.
const SUITES: &str = " TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 \
    TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256 TLS_SHA256_SHA256 TLS_SHA384_SHA384 TLS_SM4_GCM_SM3 TLS_SM4_CCM_SM3 ";

fn is_in(words: &str, word: &str) -> bool {
    let within = |at: usize| words[..at].ends_with(' ') && words[at + word.len()..].starts_with(' ');
    !word.is_empty() && !word.contains(' ') && words.match_indices(word).any(|(at, _)| within(at))
}

/// Whether what is passed on to may be asked over TLS.
pub(super) fn is_over_tls(target: &str) -> bool {
    ["https://", "grpcs://", "suwsgi://"].iter().any(|scheme| target.starts_with(scheme))
}

/// Whether OpenSSL can read an element of a list of ciphers, be it a name it knows or not.
pub(super) fn is_readable(element: &str) -> bool {
    if let Some(command) = element.strip_prefix('@') {
        return command == "STRENGTH" || command.starts_with("SECLEVEL=");
    }
    let name = element.trim_start_matches(['!', '-', '+']);
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._=+".contains(&byte);
    name.bytes().next().is_some_and(|first| is_sign(first) && first != b'+') && name.bytes().all(is_sign)
}

/// Whether an element of a list may add ciphers to it.
pub(super) fn takes_in(element: &str) -> bool {
    let is_name = |name: &str| name.contains('-') && name.split('-').all(|part| is_in(PARTS, part));
    let is_known = |word: &str| is_in(GROUPS, word) || is_name(word);
    !element.starts_with(['!', '-', '+', '@']) && element.split('+').all(is_known)
}

/// Whether some OpenSSL may know a curve by this name. What newer ones write before a name is not looked at.
pub(super) fn may_be_curve(name: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let lower = name.trim_start_matches(['?', '*', '-']).to_ascii_lowercase();
    let of = |kind: &str, sizes: &[&str]| {
        lower.strip_prefix(kind).is_some_and(|rest| sizes.contains(&&rest[..digits(rest)]))
    };
    let is_word =
        !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte));
    let is_known = |kind: &str| match kind {
        "secp" => of(kind, &["112", "128", "160", "192", "224", "256", "384", "521"]),
        "p-" => of(kind, &["192", "224", "256", "384", "521"]),
        "prime" => of(kind, &["192", "239", "256"]),
        _ => lower.starts_with(kind),
    };
    let kinds = [
        "secp",
        "p-",
        "prime",
        "sect",
        "x25519",
        "x448",
        "b-",
        "k-",
        "brainpool",
        "ffdhe",
        "ml",
        "p256",
        "p384",
    ];
    let more = ["p521", "sm2", "curvesm2", "gc", "kyber", "frodo", "hqc", "bike", "c2", "wap-wsg", "oakley"];
    is_word && kinds.into_iter().chain(more).any(is_known)
}

/// Why OpenSSL would not read a command, and what to write instead.
pub(super) fn odd_command(name: &str, value: &str) -> Option<(String, &'static str)> {
    let command = name.to_ascii_lowercase();
    let lower = value.to_ascii_lowercase();
    let parts = |by: &'static [char]| lower.split(by).map(|part| part.trim().trim_start_matches(['-', '+']));
    if !is_in(COMMANDS, &command) {
        let help = "write for example `Ciphersuites`, `Options` or `MinProtocol`";
        return Some((format!("OpenSSL has no command `{name}`"), help));
    }
    match &*command {
        "options" => {
            let odd = parts(&[',']).find(|option| !is_in(OPTIONS, option))?;
            Some((
                format!("OpenSSL has no option `{odd}`"),
                "write for example `PrioritizeChaCha`, `-SessionTicket`",
            ))
        }
        "minprotocol" | "maxprotocol" | "protocol" => {
            let odd = parts(&[',']).find(|protocol| !is_in(PROTOCOLS, protocol))?;
            Some((format!("OpenSSL knows no protocol `{odd}`"), "write for example `TLSv1.2`"))
        }
        "ciphersuites" if !value.split(':').any(|suite| is_in(SUITES, suite)) => {
            let why = "these are the ciphers of TLS 1.3, and none of them is in it".to_owned();
            Some((why, "write for example `TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256`"))
        }
        "groups" | "curves" => {
            let odd = value.split(':').find(|curve| !may_be_curve(curve))?;
            Some((format!("OpenSSL knows no curve `{odd}`"), "write for example `X25519:prime256v1`"))
        }
        _ => None,
    }
}
