#include "node_app/task_work.hpp"

#include "base/bulk_memory.hpp"
#include "crypto/digest.hpp"
#include "http/store_log.hpp"
#include "imaging/image_probe.hpp"
#include "imaging/job.hpp"
#include "store/key.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

namespace cp::node {
namespace {

imaging::Job job_of(const wire::TaskHeader& header, ByteView image) {
    imaging::Job job;
    job.seed = header.seed;
    job.input = image;
    job.parameters = {static_cast<imaging::Profile>(header.key.profile), header.key.log_n, header.key.r,
                      header.key.cost};
    std::copy_n(header.key.keys.begin(), job.keys.enc.size(), job.keys.enc.begin());
    std::copy_n(header.key.keys.begin() + 16, job.keys.mac.size(), job.keys.mac.begin());
    return job;
}

// Of an answer, between two words of progress: each is a call on the protocol's thread.
constexpr std::uint64_t told_every = std::uint64_t{1} << 20U;

const Failure arrived_damaged{errc::digest_mismatch, "the upload arrived damaged: send it again"};

// The file is encrypted into its place within the object: the image is copied nowhere. Whether it is the
// image that was sent is found out meanwhile, and the answer thrown away if it is not: until then its last
// bytes are missing.
Outcome<WorkAnswer> encrypt(const Payload& upload, const wire::TaskHeader& header, ByteView image,
                            const imaging::ParallelFor& spread, const WorkProgress& progress) {
    const Bytes prefix = wire::object_prefix(wire::ResultHeader{header.task, {}}, true);
    const imaging::Job job = job_of(header, image);
    const std::size_t file_size = imaging::answer_size(job);
    const std::size_t size = prefix.size() + file_size + limits::digest_size;
    auto memory = bulk_memory(size);
    if (!memory) return Failure{errc::busy, "no memory for the answer"};
    const std::span<std::byte> object{memory.get(), size};
    const Payload answer{std::move(memory), object};
    const auto file = object.subspan(prefix.size(), file_size);

    std::ranges::copy(prefix, object.begin());
    bool intact = false;
    Result<void> done;
    const auto tell = [&, told = std::uint64_t{0}](std::uint64_t written) mutable {
        if (written - told < told_every) return;
        told = written;
        progress(answer, prefix.size() + written);
    };
    const auto half = [&](std::size_t which) {
        if (which == 0)
            done = imaging::run(job, file, progress ? imaging::Written{tell} : imaging::Written{});
        else
            intact = wire::digest_matches(upload.view());
    };
    if (image.size() < imaging::worth_spreading)
        imaging::one_after_another(2, half);
    else
        spread(2, half);
    if (!intact) return arrived_damaged;
    if (!done) return Failure{code_of(done.error()), "cannot encrypt: " + done.error().message()};
    const auto tag = ByteReader{file.last(imaging::container_tag_size)}.array<limits::digest_size>();
    std::ranges::copy(wire::object_digest(prefix, tag), object.last(limits::digest_size).begin());
    return WorkAnswer{answer, {}, 0, {}};
}

// The task fails for the same reason, but only this line has the key.
Failure not_saved(const std::string& key, const Failure& why) {
    http::log_not_stored(log::Level::error, key, why);
    return why;
}

Outcome<WorkAnswer> keep(const wire::TaskHeader& header, ByteView image, const std::string& client,
                         store::ObjectStore& store) {
    const auto info = imaging::probe(image);
    const std::string extension{info ? imaging::extension(info->format) : std::string_view{"bin"}};
    const std::uint64_t request = ByteReader{sha256(header.seed)}.u64();
    const std::string key = store::send_image_key(request, client, header.unix_seconds, extension);
    const auto put = store.put(key, image, store::PutIf::absent);
    // The key is drawn from the task's seed: what is there already was put by an earlier run of this very
    // task.
    if (!put && put.error().code != errc::exists) return not_saved(key, put.error());
    return WorkAnswer{wire::make_object(wire::object_prefix(wire::ResultHeader{header.task, key}), {}),
                      key,
                      image.size(),
                      {}};
}

Outcome<WorkAnswer> hide_something(const wire::TaskHeader& header, ByteView body,
                                   const WorkSettings& settings) {
    const auto png = hide(header, body, settings.pictures);
    if (!png) return png.error();
    if (png->size() > settings.answer_max)
        return Failure{errc::too_large, "the PNG that was made has " + std::to_string(png->size()) +
                                            " bytes, the limit is " + std::to_string(settings.answer_max) +
                                            ": take a smaller cover"};
    return WorkAnswer{
        wire::make_object(wire::object_prefix(wire::ResultHeader{header.task, {}}), *png), {}, 0, {}};
}

std::string_view extension_of(wire::TaskCommand command) {
    return command == wire::TaskCommand::hide || command == wire::TaskCommand::keep_hidden ? "png" : "cpe1";
}

std::string key_of(const wire::TaskHeader& header, std::string_view extension) {
    return store::result_key(header.user, to_text(header.user, header.task), extension);
}

// For who does not wait. Why there is no answer is kept like one: whoever asks later asks another node, which
// only has the store.
Outcome<WorkAnswer> kept_alone(const Outcome<WorkAnswer>& answer, const wire::TaskHeader& header,
                               store::ObjectStore& store) {
    const std::string key = key_of(header, answer ? extension_of(header.command) : "failed");
    const auto result =
        answer ? wire::read_result(answer->object) : Result<wire::Object<wire::ResultHeader>>{};
    const ByteView bytes = answer ? result->body.view() : as_bytes(answer.error().line);
    const auto put = store.put(key, bytes, store::PutIf::any); // a later run of this task puts the same
    if (!put) return not_saved(key, put.error());
    return WorkAnswer{wire::make_object(wire::object_prefix(wire::ResultHeader{header.task, key}), {}),
                      key,
                      bytes.size(),
                      {}};
}

// In the store, too, if the node is told to. The client gets its answer whatever the store says.
Outcome<WorkAnswer> kept(Outcome<WorkAnswer> answer, const wire::TaskHeader& header,
                         const WorkSettings& settings) {
    if (!answer || !settings.keep_results) return answer;
    const auto result = wire::read_result(answer->object);
    answer->stored_key = key_of(header, extension_of(header.command));
    answer->stored_bytes = result->body.size();
    const auto put = settings.store->put(answer->stored_key, result->body.view(), store::PutIf::any);
    if (!put) answer->not_kept = put.error();
    return answer;
}

} // namespace

Outcome<WorkAnswer> perform(const Payload& object, const std::string& client, const WorkSettings& settings,
                            const WorkProgress& progress) try {
    const auto upload = wire::read_upload(object);
    const bool checked_by_work = upload && (upload->header.command == wire::TaskCommand::encrypt ||
                                            upload->header.command == wire::TaskCommand::keep_encrypted);
    if (!checked_by_work && !wire::digest_matches(object.view())) return arrived_damaged;
    if (!upload) return Failure{errc::bad_field, "the upload's header is not readable by this version"};
    switch (upload->header.command) {
    case wire::TaskCommand::encrypt:
        return kept(encrypt(object, upload->header, upload->body.view(), settings.pictures.spread,
                            settings.keep_results ? WorkProgress{} : progress),
                    upload->header, settings);
    case wire::TaskCommand::hide:
        return kept(hide_something(upload->header, upload->body.view(), settings), upload->header, settings);
    case wire::TaskCommand::keep_encrypted:
        return kept_alone(encrypt(object, upload->header, upload->body.view(), settings.pictures.spread, {}),
                          upload->header, *settings.store);
    case wire::TaskCommand::keep_hidden:
        return kept_alone(hide_something(upload->header, upload->body.view(), settings), upload->header,
                          *settings.store);
    case wire::TaskCommand::store: return keep(upload->header, upload->body.view(), client, *settings.store);
    }
    return Failure{errc::bad_field, "a command that this version does not know"};
} catch (const std::bad_alloc&) {
    return Failure{errc::busy, "not enough memory for the task: try again later"};
} catch (const std::exception& unforeseen) { // one task's end, not the node's
    return Failure{errc::internal, unforeseen.what()};
}

} // namespace cp::node
