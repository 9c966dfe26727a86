#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nginx_gen_fuzz::environment(bytes));
