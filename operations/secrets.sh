#!/bin/sh
# Writes the secrets that compose.yaml asks for to .env, unless that exists.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
	echo ".env exists and is left as it is"
	exit 0
fi
random() {
	head -c 32 /dev/urandom | base64 | tr -d '\n'
}
umask 077
{
	echo "POSTGRES_PASSWORD=$(random)"
	echo "SAMPLE_TOKENS_KEY=$(random)"
	echo "THROTTLE_CLIENT_HASHSECRET=$(random)"
	echo "GRAFANA_PASSWORD=$(random)"
} > .env
echo "wrote .env"
