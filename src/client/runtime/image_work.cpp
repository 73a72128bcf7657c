#include "client_app/image_work.hpp"

#include "crypto/digest.hpp"
#include "files/entropy.hpp"
#include "files/files.hpp"
#include "imaging/image_probe.hpp"
#include "imaging/job.hpp"

#include <algorithm>
#include <chrono>

namespace cp::client {
namespace {

errc code_of(const boost::system::error_code& error) { return static_cast<errc>(error.value()); }

std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

// A name that fits the header; people only see it in logs.
std::string bounded_name(const std::filesystem::path& path) {
    return path.filename().string().substr(0, limits::file_name_max);
}

} // namespace

wire::KeyMaterial key_material(const imaging::FileKey& key) {
    wire::KeyMaterial material;
    material.profile = static_cast<std::uint8_t>(key.parameters.profile);
    material.log_n = key.parameters.scrypt_log2_n;
    material.r = key.parameters.scrypt_r;
    material.cost = key.parameters.cost;
    std::ranges::copy(key.keys.enc, material.keys.begin());
    std::ranges::copy(key.keys.mac, material.keys.begin() + 16);
    return material;
}

wire::TaskHeader new_header(const wire::TaskHeader& session, wire::TaskCommand command,
                            const std::filesystem::path& path) {
    wire::TaskHeader header = session;
    header.command = command;
    header.name = bounded_name(path);
    header.unix_seconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    fill_random(header.seed);
    return header;
}

Outcome<Payload> read_image(const std::filesystem::path& path, const Limits& limits) {
    auto bytes = read_file(path, limits.image_max);
    if (!bytes || limits.any_file) return bytes;
    if (bytes->size() == 0)
        return Failure{errc::not_an_image, quoted(path) + " is empty, not an image (--any-file takes it)"};
    const auto info = imaging::probe(bytes->view());
    if (info) return bytes;
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
    const auto image = read_image(path, limits);
    if (!image) return image.error();
    Prepared prepared;
    prepared.header = new_header(session, command, path);
    if (command == wire::TaskCommand::encrypt) {
        const auto key =
            imaging::file_key_for(protection.secret, protection.parameters, prepared.header.seed);
        if (!key) return Failure{code_of(key.error()), "cannot derive the key: " + key.error().message()};
        prepared.file_key = *key;
        prepared.header.key = key_material(*key);
    }
    prepared.bytes = image->size();
    prepared.work_bytes = image->size(); // the answer is about as large
    prepared.sha256 = sha256(image->view());
    prepared.object = wire::make_object(wire::object_prefix(prepared.header), image->view());
    return prepared;
}

Outcome<Payload> verified_file(const Payload& answer, const Prepared& prepared, std::uint64_t image_max) {
    if (!wire::digest_matches(answer.view()))
        return Failure{errc::digest_mismatch, "the answer arrived damaged"};
    const auto result = wire::read_result(answer);
    if (!result) return Failure{errc::damaged, "the answer cannot be read: " + result.error().message()};
    const auto original = imaging::decrypt(result->body.view(), prepared.file_key, image_max);
    if (!original)
        return Failure{code_of(original.error()),
                       "the encrypted file does not open: " + original.error().message()};
    if (sha256(*original) != prepared.sha256)
        return Failure{errc::digest_mismatch, "the encrypted file does not hold the original"};
    return result->body;
}

} // namespace cp::client
