#include "client_app/image_work.hpp"

#include "crypto/digest.hpp"
#include "files/entropy.hpp"
#include "files/files.hpp"
#include "files/wall_clock.hpp"
#include "imaging/image_probe.hpp"
#include "imaging/job.hpp"
#include "pictures/spread.hpp"

#include <algorithm>

namespace cp::client {
namespace {

std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

// A name that fits the header; people only see it in logs.
std::string bounded_name(const std::filesystem::path& path) {
    return path.filename().string().substr(0, limits::file_name_max);
}

// REQUIRES: room for the prefix in front of the file, and for the digest behind it.
void make_object_around(const FileInMemory& file, ByteView prefix, Prepared& prepared) {
    const std::size_t size = prefix.size() + file.size + limits::digest_size;
    const std::span<std::byte> object{file.memory.get() + file.front - prefix.size(), size};
    std::ranges::copy(prefix, object.begin());
    prepared.object = Payload{file.memory, object};
    prepared.digest_to_come = object.last(limits::digest_size);
}

} // namespace

wire::TaskHeader new_header(const wire::TaskHeader& session, wire::TaskCommand command,
                            const std::filesystem::path& path) {
    wire::TaskHeader header = session;
    header.command = command;
    header.name = bounded_name(path);
    header.unix_seconds = unix_seconds();
    fill_random(header.seed);
    return header;
}

Outcome<FileInMemory> read_image(const std::filesystem::path& path, const Limits& limits, std::size_t front,
                                 std::size_t back) {
    auto file = read_file_with_room(path, limits.image_max, front, back);
    if (!file || limits.any_file) return file;
    if (file->size == 0)
        return Failure{errc::not_an_image, quoted(path) + " is empty, not an image (--any-file takes it)"};
    const auto info = imaging::probe(file->payload().view());
    if (info) return file;
    const errc code = code_of(info.error());
    if (code == errc::already_encrypted)
        return Failure{code,
                       quoted(path) + " is encrypted already: open it with 'decrypt " + path.string() + "'"};
    return Failure{errc::not_an_image,
                   quoted(path) +
                       (code == errc::not_an_image ? " is not an image (PNG, JPEG, WebP, BMP, TIFF)"
                                                   : " is a damaged image: " + info.error().message()) +
                       "; --any-file takes it as it is"};
}

Outcome<Prepared> prepare(const std::filesystem::path& path, wire::TaskCommand command,
                          const wire::TaskHeader& session, const Protection& protection,
                          const Limits& limits) {
    // The object is made around the file, where it was read.
    const auto image = read_image(path, limits, wire::object_prefix_max, limits::digest_size);
    if (!image) return image.error();
    auto task = uploads::keyed(new_header(session, command, path), protection);
    if (!task) return task.error();
    Prepared prepared;
    prepared.header = std::move(task->header);
    prepared.file_key = task->file_key;
    prepared.original = image->payload();
    prepared.bytes = image->size;
    prepared.work_bytes = image->size; // the answer is about as large
    make_object_around(*image, wire::object_prefix(prepared.header), prepared);
    if (image->size < imaging::worth_spreading) complete(prepared);
    return prepared;
}

void complete(Prepared& prepared) {
    if (prepared.digest_to_come.empty()) return;
    prepared.sha256 = sha256(prepared.original.view());
    const auto prefix_size =
        static_cast<std::size_t>(prepared.original.view().data() - prepared.object.view().data());
    const ByteView prefix = prepared.object.view().first(prefix_size);
    std::ranges::copy(wire::object_digest(prefix, prepared.sha256), prepared.digest_to_come.begin());
    prepared.digest_to_come = {};
}

VerifiedFile verify_and_write(const Payload& answer, const Prepared& prepared,
                              const std::filesystem::path& path) {
    const auto refused = [](errc code, std::string line) {
        return VerifiedFile{Failure{code, line}, Failure{code, line}};
    };
    if (!wire::digest_matches(answer.view()))
        return refused(errc::digest_mismatch, "the answer arrived damaged");
    const auto result = wire::read_result(answer);
    if (!result) return refused(errc::damaged, "the answer cannot be read: " + result.error().message());
    const ByteView file = result->body.view();

    Result<void> held;
    std::optional<Outcome<UnpublishedFile>> written;
    const auto spread = file.size() < imaging::worth_spreading
                            ? imaging::ParallelFor{imaging::one_after_another}
                            : pictures::spread_over_cores();
    spread(2, [&](std::size_t job) {
        if (job == 0)
            held = imaging::check_holds(file, prepared.file_key, prepared.original.view(), spread);
        else
            written = UnpublishedFile::write(path, file);
    });
    if (held) return {Outcome<void>{}, std::move(*written)};
    const errc code = code_of(held.error());
    return {Failure{code, code == errc::digest_mismatch
                              ? "the encrypted file does not hold the original"
                              : "the encrypted file does not open: " + held.error().message()},
            std::move(*written)};
}

} // namespace cp::client
