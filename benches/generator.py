# The peer of the benchmark: the same text from PyYAML's C loader and Jinja2.
import pathlib
import sys

import jinja2
import yaml

environment_file, template_file = sys.argv[1:]
with open(environment_file) as file:
    environment = yaml.load(file, Loader=yaml.CSafeLoader)
with open(template_file) as file:
    jinja = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = jinja.from_string(file.read())
name = pathlib.Path(environment_file).stem
separator = ""
for site in environment["sites"]:
    service = environment["services"][site["service"]]
    sys.stdout.write(separator + template.render(name=name, site=site, service=service, tls=environment["tls"]))
    separator = "\n"
