use super::{Unit, parse_offset, parse_size, parse_time};

#[test]
fn times_nginx_reads() {
    for (text, milliseconds) in [
        ("0", 0),
        ("75", 75_000),
        ("75s", 75_000),
        ("500ms", 500),
        ("1h30m", 5_400_000),
        ("1h 30m", 5_400_000),
        ("1h  30", 3_630_000),
        ("1s 5ms", 1005),
        ("1d", 86_400_000),
        ("1w", 604_800_000),
        ("10 5", 15_000),
        ("1hm", 3_600_000),
        ("5 ", 5_000),
        ("1s5", 6_000),
    ] {
        assert_eq!(parse_time(text, Unit::Milliseconds), Ok(milliseconds), "{text}");
    }
    assert_eq!(parse_time("1y 1M", Unit::Seconds), Ok(365 * 86_400 + 30 * 86_400));
    assert_eq!(parse_time("9223372036854775807", Unit::Seconds), Ok(i64::MAX as u64));
}

#[test]
fn times_nginx_does_not_read() {
    for (text, told) in [
        ("", "there is no number in it"),
        ("h", "there is no number in it"),
        ("-1", "nginx takes no sign"),
        ("1.5m", "nginx takes whole numbers only; write `90s`"),
        ("0.5h", "nginx takes whole numbers only; write `30m`"),
        ("1.5s", "nginx takes whole numbers only; write `1500ms`"),
        ("10sec", "`sec` is no unit of nginx's; write `10s`"),
        ("2 minutes", "`minutes` is no unit of nginx's; write `2m`"),
        ("10S", "`S` is no unit of nginx's; write `10s`"),
        ("30m 1h", "units go from the largest to the smallest, each once; write `90m`"),
        ("1s1s", "units go from the largest to the smallest, each once; write `2s`"),
        ("1y", "directives that count in milliseconds do not take the unit `y`; write `365d`"),
        ("99999999999999999999", "the number is too large"),
        ("forever1", "`forever` is no unit of nginx's"),
    ] {
        let fault = parse_time(text, Unit::Milliseconds);
        assert_eq!(fault.unwrap_err().to_string(), told, "{text}");
    }
    let fault = parse_time("500ms", Unit::Seconds).unwrap_err().to_string();
    assert_eq!(fault, "directives that count in seconds do not take the unit `ms`");
}

#[test]
fn sizes_nginx_reads() {
    for (text, bytes) in
        [("0", 0), ("1", 1), ("8k", 8192), ("8K", 8192), ("15M", 15 << 20), ("007m", 7 << 20)]
    {
        assert_eq!(parse_size(text), Ok(bytes), "{text}");
        assert_eq!(parse_offset(text), Ok(bytes), "{text}");
    }
    assert_eq!(parse_offset("2g"), Ok(2 << 30));
}

#[test]
fn sizes_nginx_does_not_read() {
    for (text, told) in [
        ("", "there is no number in it"),
        ("m", "there is no number in it"),
        ("15MB", "`MB` is no unit of nginx's; write `15m`"),
        ("1.5m", "nginx takes whole numbers only; write `1536k`"),
        ("1 m", "` m` is no unit of nginx's; write `1m`"),
        ("100b", "`b` is no unit of nginx's; write `100`"),
        ("-1m", "nginx takes no sign"),
        ("1g", "directives for sizes in memory do not take the unit `g`; write `1024m`"),
        ("9999999999999999m", "the number is too large"),
    ] {
        assert_eq!(parse_size(text).unwrap_err().to_string(), told, "{text}");
    }
    assert_eq!(
        parse_offset("1.5GB").unwrap_err().to_string(),
        "nginx takes whole numbers only; write `1536m`"
    );
    assert_eq!(parse_offset("1T").unwrap_err().to_string(), "`T` is no unit of nginx's; write `1024g`");
}
