# shellcheck shell=bash
# Variables that the nodes started from this shell understand; a template without secrets. Edit a copy, then:
#   source define-variables.sh
#
# Everything here can also stand in configs/local.toml, which names all there is; a variable overrides it.

# The port of the HTTP API on this machine (default 3000; the next free one when nothing is said).
export API_PORT=3000

# Where users and images are kept. A folder that several nodes share, or one of each node's own:
export SHARED_DIR=./shared_images

# debug, info or warn.
export RUST_LOG=info

# Google Cloud or Firebase Storage in place of a folder (for versions with that engine):
# export FIREBASE_BUCKET=PROJECT.firebasestorage.app
# export GOOGLE_APPLICATION_CREDENTIALS=$HOME/.config/cloudp2p/service-account.json
