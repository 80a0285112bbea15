#!/bin/sh
# Runs a command of SayWhen on the server, as root: as the user of the service, in its folder and with its settings.
# Copy it to /usr/local/bin/saywhen. docs/deployment.md explains the steps.
set -e
set -a
. /etc/saywhen.env
set +a
cd /srv/saywhen
exec runuser -u saywhen -- /opt/saywhen/bin/saywhen "$@"
