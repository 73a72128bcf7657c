# shellcheck shell=bash
# A template for the variables that nodes read when their store is an object store of others. It holds no secret: copy it
# out of the repository, fill in what applies, keep the copy to yourself (chmod 600), and source it before starting nodes.
# Usage: cp scripts/define-variables.sh ~/cloudp2p-variables.sh; chmod 600 ~/cloudp2p-variables.sh
#        source ~/cloudp2p-variables.sh; ./build/node check-store
# docs/operations.md, "Stores", says which keys are found in which order.

# Where objects are kept: dir:PATH, s3://BUCKET[/PREFIX]?endpoint=URL&region=R or gs://BUCKET[/PREFIX].
export CLOUDP2P_STORAGE_STORE=""

# s3://, and gs:// with HMAC keys. Not needed with ~/.aws/credentials.
export AWS_ACCESS_KEY_ID=""
export AWS_SECRET_ACCESS_KEY=""
# Only with temporary keys.
export AWS_SESSION_TOKEN=""
# Where the URL names none.
export AWS_REGION=""

# gs:// with a service account: the path of its JSON key.
export GOOGLE_APPLICATION_CREDENTIALS=""
