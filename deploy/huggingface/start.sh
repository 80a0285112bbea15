#!/bin/sh
# Starts SayWhen on a Hugging Face Space: with a project, an account for the first lead, and sign-in with Hugging Face.
set -eu
umask 077
: "${SPACE_HOST:?is set by Hugging Face}"
: "${LEAD_EMAIL:?add it as a secret of the Space: the e-mail address of the first lead}"
export SAYWHEN_PUBLIC_URL="https://$SPACE_HOST"

folder=$(dirname "$SAYWHEN_PROJECT")
mkdir -p "$folder/scheduled-backups"
[ -e "$SAYWHEN_PROJECT" ] || saywhen new
saywhen accounts list --project "$SAYWHEN_PROJECT" | grep -qiF "$LEAD_EMAIL" ||
    saywhen accounts add "${LEAD_NAME:-Lead}" --email "$LEAD_EMAIL" --lead

set --
if [ -n "${OAUTH_CLIENT_ID:-}" ]; then
    # The variables are those that Hugging Face sets for a Space with hf_oauth.
    cat > "$folder/server.toml" <<END
[providers.huggingface]
title = "Hugging Face"
discovery = "${OPENID_PROVIDER_URL:-https://huggingface.co}/.well-known/openid-configuration"
client_id = "$OAUTH_CLIENT_ID"
client_secret_env = "OAUTH_CLIENT_SECRET"
END
    set -- --settings "$folder/server.toml"
fi

# Requests come from the proxy of Hugging Face, whose addresses are private.
exec saywhen serve --host 0.0.0.0 --port "${PORT:-7860}" --trusted-proxy "${SAYWHEN_PROXY:-10.0.0.0/8}" \
    --backup-to "$folder/scheduled-backups" --allow-framing-by https://huggingface.co --log-requests "$@"
