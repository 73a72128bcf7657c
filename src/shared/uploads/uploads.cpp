#include "uploads/uploads.hpp"

#include "imaging/hide_request.hpp"
#include "imaging/job.hpp"
#include "imaging/lsb.hpp"
#include "pictures/codec.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cp::uploads {
namespace {

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

// What can be known from the cover's header. The node, which decodes it, knows exactly.
Outcome<imaging::ImageInfo> suitable(const HideOrder& order, const HideLimits& limits) {
    const auto info = imaging::guard_decode(order.cover, limits.decode);
    if (!info) return info.error();
    const std::uint64_t needed = pictures::hiding_memory(*info) + order.cover.size() + order.payload.size();
    if (needed > limits.memory)
        return Failure{errc::too_large, imaging::memory_refusal(*info, needed, limits.memory)};
    const std::uint64_t samples = std::uint64_t{3} * info->width * info->height;
    if (order.plain) {
        if (order.payload.size() <= imaging::lsb_capacity(samples)) return *info;
        return Failure{errc::too_small, imaging::lsb_refusal(samples, order.payload.size())};
    }
    const std::uint64_t packed = imaging::packed_size(order.name, order.payload);
    const auto capacity = imaging::stego_capacity(samples, imaging::rate_max);
    if (capacity && packed <= *capacity + 1) return *info; // one for the length of the name
    return Failure{errc::too_small, imaging::too_small_line(samples, packed)};
}

// The higher trellis changes less and takes four times as long, which small pictures do not make anybody
// wait.
unsigned trellis_height(const imaging::ImageInfo& cover) {
    constexpr std::uint64_t small = 4'000'000;
    return std::uint64_t{cover.width} * cover.height <= small ? 10 : 8;
}

} // namespace

Protection protection_by(imaging::Secret secret) {
    using imaging::Profile;
    imaging::KeyParameters parameters{Profile::username, 0, 0, 0};
    if (std::holds_alternative<imaging::UserKey>(secret)) parameters = {Profile::key_file, 0, 0, 0};
    if (std::holds_alternative<imaging::Passphrase>(secret))
        parameters = {Profile::passphrase_scrypt, 15, 8, 1};
    return {std::move(secret), parameters};
}

Outcome<Keyed> keyed(wire::TaskHeader header, const Protection& protection) {
    Keyed task{std::move(header), {}};
    if (task.header.command == wire::TaskCommand::store) return task;
    const auto key = imaging::file_key_for(protection.secret, protection.parameters, task.header.seed);
    if (!key) return Failure{code_of(key.error()), "cannot derive the key: " + key.error().message()};
    task.file_key = *key;
    task.header.key = key_material(*key);
    return task;
}

Outcome<Upload> plain_upload(wire::TaskHeader header, ByteView file, const Protection& protection) {
    auto task = keyed(std::move(header), protection);
    if (!task) return task.error();
    Upload upload;
    upload.object = wire::make_object(wire::object_prefix(task->header), file);
    upload.header = std::move(task->header);
    upload.file_key = task->file_key;
    upload.work_bytes = file.size(); // the answer is about as large
    return upload;
}

Outcome<Upload> hide_upload(wire::TaskHeader header, const HideOrder& order, const Protection& protection,
                            const HideLimits& limits) {
    const auto info = suitable(order, limits);
    if (!info) return info.error();
    const imaging::Profile profile = protection.parameters.profile;
    const auto body_key =
        imaging::file_key_for(protection.secret, imaging::stego_parameters(profile), header.seed);
    const auto keys = imaging::derive_stego_keys(protection.secret, profile, header.user);
    if (!body_key || !keys) return Failure{errc::bad_profile, "cannot derive the keys"};

    imaging::HideRequest request;
    request.method = order.plain ? imaging::HideMethod::lsb : imaging::HideMethod::adaptive;
    request.kind = order.kind;
    request.height = trellis_height(*info);
    request.keys = *keys;
    request.name = order.name;
    request.payload = order.payload;
    request.cover = order.cover;

    Upload upload;
    upload.header = std::move(header);
    upload.header.key = key_material(*body_key);
    upload.work_bytes = pictures::hiding_memory(*info);
    upload.object =
        wire::make_object(wire::object_prefix(upload.header), imaging::write_hide_request(request));
    return upload;
}

} // namespace cp::uploads
