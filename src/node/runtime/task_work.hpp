// The work behind a task, run on a worker thread: checks the upload's digest, then encrypts the image or
// keeps it in the store. Deterministic: the same upload gives the same answer on every node, so a replay
// after a failover is harmless. Safe from any thread; the store must outlive the call.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "store/object_store.hpp"
#include "wire/objects.hpp"

#include <optional>
#include <string>

namespace cp::node {

struct WorkAnswer {
    Payload object;         // the result object, whole (wire/objects.hpp)
    std::string stored_key; // of a store task: where the image is kept
};

// `client`: address and port of who sent the upload, part of a stored image's name.
// Errors: digest_mismatch, bad_profile and what the store says; the line is for the client's user.
[[nodiscard]] Outcome<WorkAnswer> perform(const Payload& upload, const std::string& client,
                                          store::ObjectStore&);

} // namespace cp::node
