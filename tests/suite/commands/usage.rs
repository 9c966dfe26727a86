//! Arguments, help and exit codes.

use crate::support::command::{Project, nginx_gen};

#[test]
fn help_is_a_result_and_a_wrong_argument_an_error() {
    let project = Project::empty();
    nginx_gen(&project).args(["--help"]).assert().success().stderr("");
    nginx_gen(&project).args(["--version"]).assert().success().stdout(concat!(
        "nginx-gen ",
        env!("CARGO_PKG_VERSION"),
        "\n"
    ));
    for wrong in [&["rendr", "prod"][..], &["render"], &["render", "prod", "--sites", "a"], &[]] {
        nginx_gen(&project).args(wrong.iter().copied()).assert().code(2).stdout("");
    }
}

#[test]
fn the_commands() {
    let project = Project::empty();
    insta::assert_snapshot!(nginx_gen(&project).args(["--help"]).said(), @r"
    Declare services and environments in YAML, render nginx sites from them, and hold every real-time
    route to what its type promises

    Usage: nginx-gen [OPTIONS] <COMMAND>

    Commands:
      render       Print the nginx files of an environment, or write them to a folder
      validate     Load, render, parse and check environments
      lint         Check hand-written nginx files, or what `nginx -T` printed, by the same rules
      diff         Compare the rendered files with the accepted snapshot, or with a folder such as
                   sites-available
      snapshot     Accept the rendered files of an environment as its new snapshot
      urls         List every endpoint as a client would type it
      route        Tell which server and location serve a URL, why, and with which settings
      test         Run the rendered files on a real nginx, and hold every route to its type
      probe        Hold every route of the live deployment to its type, as far as a stranger can
      profile      List the templates of a profile, or write them out for editing
      explain      Say what a rule finds, why it matters and what to write instead; or list the rules
      init         Write environments to start from
      completions  Print what a shell needs to complete commands and options
      man          Print the manual page, or write one for every command
      help         Print this message or the help of the given subcommand(s)

    Options:
      -C, --directory <DIR>
              The folder that holds `environments/`, `templates/` and `snapshots/`

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit codes: 0 clean, 1 findings or differences, 2 could not run.
    exit status: 0
    ");
}
