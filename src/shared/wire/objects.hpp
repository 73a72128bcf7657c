// What the transferred objects look like inside. Upload and result have one layout:
//
//   u32 header size | header (TaskHeader or ResultHeader, archived) | body | digest
//
// digest = SHA-256(size, header, SHA-256(body)), so that one pass over the body gives both the digest and
// the SHA-256 that the client shows. It stands last so that a sender can hash while it sends. Top bit of the
// size: the body is a result that ends with a tag over all of it (CPE1), which takes the place of
// SHA-256(body): who has the key checks the tag anyway, and nobody else uses the body.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "wire/messages.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace cp::wire {

enum class TaskCommand : std::uint8_t {
    encrypt = 1, // answer: a CPE1 file
    store = 2,   // the leader keeps the image in its store; answer: a note with the key, no body
    hide = 3,    // the body is a request (imaging/hide_request.hpp); answer: a PNG file
    // The same two for who does not wait: the leader keeps the answer in its store, or why there is none, and
    // answers with a note of the key.
    keep_encrypted = 4,
    keep_hidden = 5,
};
// What is to be in the store, the leader does itself: a put of another node's reaches no other folder.
[[nodiscard]] constexpr bool is_for_store(TaskCommand c) {
    return c != TaskCommand::encrypt && c != TaskCommand::hide;
}

// CPE1 key parameters (docs/formats.md) and the 48 bytes that the client derived from the user's secret.
struct KeyMaterial {
    std::uint8_t profile = 0;
    std::uint8_t log_n = 0;
    std::uint8_t r = 0;
    std::uint32_t cost = 0;
    std::array<std::byte, 48> keys{};
};

struct TaskHeader {
    TaskId task;
    SessionId reply_to; // the client run that waits for the answer
    std::string user;
    TaskCommand command = TaskCommand::encrypt;
    std::string name; // of the file, without folders
    std::uint64_t unix_seconds = 0;
    std::array<std::byte, 32>
        seed{}; // every random value of the work is derived from it: a replay is identical
    KeyMaterial key;
};

struct ResultHeader {
    TaskId task;
    std::string note; // of what is for the store: the key under which it was kept
};

// Between nodes whose stores are folders of their own (node_app/store_sync.hpp).
enum class StoreOp : std::uint8_t {
    hello = 1, // the leader's store: whose is another, offers
    offer = 2, // body: keys and digests of all that is here
    want = 3,  // body: keys that the receiver shall send
    put = 4,   // body: the object of that key
};
struct StoredHeader {
    StoreOp op = StoreOp::hello;
    std::uint64_t store = 0; // which store the sender has
    std::string key;         // of put
};

template <class Header>
struct Object {
    Header header;
    Payload body;        // a view into the object's bytes
    bool tagged = false; // the digest vouches for the body's tag only. Of results alone.
};

// The bytes around a body: header in front, digest behind. `body` is not copied unless joined by the caller.
[[nodiscard]] Bytes object_prefix(const TaskHeader&);
[[nodiscard]] Bytes object_prefix(const ResultHeader&, bool tagged = false);
[[nodiscard]] Bytes object_prefix(const StoredHeader&);
inline constexpr std::size_t object_prefix_max = 4 + limits::object_header_max;
// Of what fits an object whatever its header says: an encrypted image of limits::image_max.
inline constexpr std::size_t object_body_max = limits::object_max - object_prefix_max - limits::digest_size;
// What stands behind the body. `body`: its SHA-256, or its tag.
[[nodiscard]] Digest object_digest(ByteView prefix, const Digest& body);
// Joins prefix, body and digest into one payload (one copy of the body).
[[nodiscard]] Payload make_object(ByteView prefix, ByteView body);

// Reads the header and finds the body; the digest is NOT checked here (digest_matches is, on a worker).
[[nodiscard]] Result<Object<TaskHeader>> read_upload(const Payload&);
[[nodiscard]] Result<Object<ResultHeader>> read_result(const Payload&);
[[nodiscard]] Result<Object<StoredHeader>> read_stored(const Payload&);
[[nodiscard]] bool digest_matches(ByteView object);
// The digest that stands in the object; zeros when it is too short.
[[nodiscard]] Digest stated_digest(ByteView object);

} // namespace cp::wire
