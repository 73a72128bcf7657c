#include "http/task_parts.hpp"

#include "imaging/image_probe.hpp"
#include "store/key.hpp"

namespace cp::http {
namespace {

uploads::Protection protection_of(const web::TaskOrder& order) {
    if (order.key) return uploads::protection_by(imaging::UserKey{*order.key});
    if (!order.passphrase.empty()) return uploads::protection_by(imaging::Passphrase{order.passphrase});
    return uploads::protection_by(imaging::Username{order.user});
}

} // namespace

Outcome<uploads::Upload> upload_of(wire::TaskHeader header, const web::TaskOrder& order,
                                   const uploads::HideLimits& limits) {
    header.name = order.image_name;
    header.command = order.hide ? wire::TaskCommand::keep_hidden : wire::TaskCommand::keep_encrypted;
    const ByteView image = as_bytes(order.image);
    if (const auto info = imaging::probe(image); !info) {
        const errc code = code_of(info.error());
        if (code == errc::already_encrypted) return Failure{code, "the image is encrypted already"};
        return Failure{errc::not_an_image, "Unsupported image format (PNG, JPEG, WebP, BMP or TIFF)"};
    }
    if (!order.hide) return uploads::plain_upload(std::move(header), image, protection_of(order));
    uploads::HideOrder what;
    what.cover = image;
    what.payload = as_bytes(order.text ? *order.text : *order.file);
    what.plain = order.plain;
    if (order.file) {
        what.name = order.file_name;
        what.kind = imaging::probe(what.payload) ? imaging::HiddenKind::image : imaging::HiddenKind::file;
    }
    return uploads::hide_upload(std::move(header), what, protection_of(order), limits);
}

Outcome<StoredResult> find_result(store::ObjectStore& store, std::string_view user, std::string_view task) {
    for (const std::string_view extension : {"cpe1", "png", "failed"}) {
        const std::string key = store::result_key(user, task, extension);
        const auto info = store.head(key);
        if (!info && info.error().code == errc::not_found) continue;
        if (!info) return info.error();
        if (extension != "failed") return StoredResult{key, info->bytes, {}};
        const auto why = store.get(key);
        if (!why) return why.error();
        return StoredResult{key, 0, std::string{as_text(why->view())}};
    }
    return Failure{errc::not_found, "no such task"};
}

} // namespace cp::http
