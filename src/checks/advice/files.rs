//! What is known of files, and of who may not have them.

use super::Advice;

pub(super) const FILE: Advice = Advice {
    causes: &[
        "`root` and `alias` differ: `root` keeps the location's path, `alias` replaces it",
        "`error_page 404` puts another answer in the place of nginx's own",
        "`autoindex on` lists a folder that has no index",
        "`try_files` lacks an entry, or its last one names another file; `index` names another page",
        "the files are not in the folder; where the last one of `try_files` is missing, nginx says 500",
        "another location takes the request",
    ],
    directives: &["root", "alias", "try_files", "index", "error_page", "autoindex"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const NO_FILES: Advice = Advice {
    causes: &[
        "the files are not in the folder, nothing was deployed there; or nginx may not read them",
        "`root` and `alias` differ: `root` keeps the location's path, `alias` replaces it",
        "`index` names another page, or `try_files` lacks an entry",
        "another location takes the request",
    ],
    directives: &["root", "alias", "index", "try_files"],
    commands: &["sudo tail -n 3 /var/log/nginx/error.log", "nginx-gen route {environment} {url}"],
};

pub(super) const NO_PAGE: Advice = Advice {
    causes: &[
        "the last file of `try_files`, with `spa: true` the `index.html`, is not in the folder: nginx looks for it again and \
         again, and says 500 where one expects 404",
        "`root` and `alias` differ, so that it is looked for elsewhere: `root` keeps the location's path, `alias` replaces it",
    ],
    directives: &["root", "alias", "try_files", "index"],
    commands: &[
        "sudo grep 'internal redirection cycle' /var/log/nginx/error.log | tail -n 3",
        "nginx-gen route {environment} {url}",
    ],
};

pub(super) const ESCAPED: Advice = Advice {
    causes: &[
        "the location's path lacks the final slash that its `alias` has: `/files../x` becomes `/srv/files/../x`",
        "`root` or `alias` is put together from a variable that holds the decoded path",
    ],
    directives: &["alias", "root", "rewrite"],
    commands: &["nginx-gen explain alias-traversal", "nginx-gen route {environment} {url}"],
};

pub(super) const CACHING: Advice = Advice {
    causes: &[
        "`expires` is missing here, or is another one than declared",
        "another location takes the request",
    ],
    directives: &["expires", "add_header"],
    commands: &["curl -sI {url}", "nginx-gen route {environment} {url}"],
};

pub(super) const LOGGED: Advice = Advice {
    causes: &["`access_log off` is missing here, or another location takes the request"],
    directives: &["access_log"],
    commands: &["nginx-gen route {environment} {url}"],
};

pub(super) const FILE_TYPE: Advice = Advice {
    causes: &[
        "`types` here replaces the list of `mime.types`",
        "`default_type` decides where no ending of `types` fits",
    ],
    directives: &["types", "default_type"],
    commands: &["curl -sI {url}", "grep -rn mime.types /etc/nginx/nginx.conf"],
};
