# shellcheck shell=bash
# Variables that the nodes started from this shell understand; a template without secrets. Edit a copy outside of the
# repository, keep it to yourself when it holds keys (chmod 600), then:
#   source define-variables.sh; ./build/node check-store
#
# Everything here but the keys can also stand in configs/local.toml, which names all there is; a variable overrides it.

# The port of the HTTP API on this machine (default 3000; the next free one when nothing is said).
export API_PORT=3000

# Where users and images are kept. A folder that several nodes share, or one of each node's own:
export SHARED_DIR=./shared_images

# debug, info or warn.
export RUST_LOG=info

# Instead of a folder: an object store of the S3 interface. docs/operations.md, "Stores", has the parameters, and where
# keys are looked for; without these two, in ~/.aws/credentials.
# export CLOUDP2P_STORAGE_STORE='s3://BUCKET?endpoint=https://HOST&region=REGION'
# export AWS_ACCESS_KEY_ID=
# export AWS_SECRET_ACCESS_KEY=

# Or Google Cloud Storage, which is also Firebase Storage, with the JSON key of a service account:
# export FIREBASE_BUCKET=PROJECT.firebasestorage.app
# export GOOGLE_APPLICATION_CREDENTIALS=$HOME/.config/cloudp2p/service-account.json
