// The work behind a task, run on a worker thread: checks the upload's digest, then encrypts the image,
// hides something in it, or keeps it in the store. Deterministic: the same upload gives the same answer on
// every node, so a replay after a failover is harmless. Safe from any thread.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "node_app/hide_work.hpp"
#include "store/object_store.hpp"
#include "wire/objects.hpp"

#include <functional>
#include <optional>
#include <string>

namespace cp::node {

struct WorkAnswer {
    Payload object;                  // the result object, whole (wire/objects.hpp)
    std::string stored_key;          // where the store has the image or, if results are kept, the result
    std::uint64_t stored_bytes = 0;  // there
    std::optional<Failure> not_kept; // why the result is not in the store; the client has it all the same
};

// What work may draw on; constant for the life of a node. The store must outlive it.
struct WorkSettings {
    store::ObjectStore* store = nullptr;
    bool keep_results = false;
    std::uint64_t answer_max = limits::image_max; // bytes of a picture that was made: it has to travel
    PictureSettings pictures;
};

// Told on the thread that works: so many of the first bytes of this answer are final, never its last ones.
// The rest is still being written, and may yet turn out to be worthless.
using WorkProgress = std::function<void(const Payload& object, std::uint64_t ready)>;

// `client`: address and port of who sent the upload, part of a stored image's name. `progress` hears of large
// answers that go to the client as soon as they are made.
// Errors: digest_mismatch, bad_profile, too_large (the answer), those of hide() and what the store says; the
// line is for the client's user. Throws nothing: without memory it is busy.
[[nodiscard]] Outcome<WorkAnswer> perform(const Payload& upload, const std::string& client,
                                          const WorkSettings&, const WorkProgress& progress = {});

} // namespace cp::node
