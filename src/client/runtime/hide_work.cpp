#include "client_app/hide_work.hpp"

#include "crypto/digest.hpp"
#include "files/files.hpp"
#include "imaging/lsb.hpp"
#include "pictures/codec.hpp"
#include "pictures/spread.hpp"

#include <algorithm>

namespace cp::client {
namespace {

Failure about(const std::filesystem::path& path, const Failure& failure) {
    return {failure.code, "'" + path.string() + "': " + failure.line};
}

struct What {
    imaging::HiddenKind kind = imaging::HiddenKind::text;
    std::string name;
    Payload payload;
};

std::string hidden_name(const std::filesystem::path& path) {
    return path.filename().string().substr(0, imaging::hidden_name_max);
}

Outcome<What> what_to_hide(const Hide& c, const PictureLimits& limits) {
    if (!c.text.empty()) {
        const ByteView text = as_bytes(c.text);
        return What{imaging::HiddenKind::text, {}, Payload{Bytes{text.begin(), text.end()}}};
    }
    const bool image = !c.cover.empty();
    const std::filesystem::path path = image ? c.path : c.from_file;
    const auto file =
        image ? read_image(path, limits.files) : read_file_with_room(path, limits.files.image_max, 0, 0);
    if (!file) return file.error();
    return What{image ? imaging::HiddenKind::image : imaging::HiddenKind::file, hidden_name(path),
                file->payload()};
}

Outcome<imaging::Hidden> hidden_in(const imaging::Picture& picture, bool plain, const Protection& protection,
                                   std::string_view user, std::uint64_t most) {
    if (plain) {
        auto text = imaging::lsb_extract(picture);
        if (!text) return Failure{code_of(text.error()), "no plain text hidden here"};
        return imaging::Hidden{imaging::HiddenKind::text,
                               {},
                               Bytes{as_bytes(*text).begin(), as_bytes(*text).end()},
                               8 * (4 + text->size())};
    }
    auto hidden = imaging::extract(picture, protection.secret, user, most, pictures::spread_over_cores());
    if (hidden) return std::move(*hidden);
    const errc code = code_of(hidden.error());
    if (code == errc::damaged) return Failure{code, "something is hidden here for this key, but damaged"};
    return Failure{code, hidden.error().message()};
}

double rate_of(const imaging::Hidden& hidden, const imaging::Picture& picture) {
    return static_cast<double>(hidden.bits) / static_cast<double>(picture.colour_samples());
}

} // namespace

Outcome<Prepared> prepare_hide(const Hide& c, const wire::TaskHeader& session, const Protection& protection,
                               const PictureLimits& limits) {
    const std::filesystem::path cover_path = c.cover.empty() ? c.path : c.cover;
    const auto what = what_to_hide(c, limits);
    if (!what) return what.error();
    const auto cover = read_file(cover_path, limits.files.image_max);
    if (!cover) return cover.error();
    const uploads::HideOrder order{cover->view(), what->kind, what->name, what->payload.view(), c.plain};
    auto upload = uploads::hide_upload(new_header(session, wire::TaskCommand::hide, cover_path), order,
                                       protection, {limits.decode, limits.memory});
    if (!upload) return about(cover_path, upload.error());
    Prepared prepared;
    prepared.header = std::move(upload->header);
    prepared.object = std::move(upload->object);
    prepared.work_bytes = upload->work_bytes;
    prepared.bytes = what->payload.size();
    prepared.sha256 = sha256(what->payload.view());
    prepared.hidden = {what->kind, what->name, cover_path.string(), c.plain};
    return prepared;
}

Outcome<VerifiedPicture> verified_picture(const Payload& answer, const Prepared& prepared,
                                          const Protection& protection, const PictureLimits& limits) {
    if (!wire::digest_matches(answer.view()))
        return Failure{errc::digest_mismatch, "the answer arrived damaged"};
    const auto result = wire::read_result(answer);
    if (!result) return Failure{errc::damaged, "the answer cannot be read: " + result.error().message()};
    if (result->tagged) return Failure{errc::damaged, "the answer is no picture"};
    const auto decoded = pictures::decode(result->body.view(), limits.decode);
    if (!decoded) return Failure{errc::damaged, "the answer is no picture: " + decoded.error().line};
    const auto hidden = hidden_in(decoded->picture, prepared.hidden->plain, protection, prepared.header.user,
                                  limits.files.image_max);
    if (!hidden)
        return Failure{hidden.error().code, "the stego image gives nothing back: " + hidden.error().line};
    const bool same = hidden->kind == prepared.hidden->kind && hidden->name == prepared.hidden->name &&
                      sha256(hidden->data) == prepared.sha256;
    if (!same) return Failure{errc::damaged, "the stego image gives something else back"};
    return VerifiedPicture{result->body, rate_of(*hidden, decoded->picture)};
}

Outcome<Found> find_hidden(const std::filesystem::path& path, bool plain, const Protection& protection,
                           std::string_view user, const PictureLimits& limits) {
    const auto file = read_file(path, limits.files.image_max);
    if (!file) return file.error();
    const auto decoded = pictures::decode(file->view(), limits.decode);
    if (!decoded) return about(path, decoded.error());
    auto hidden = hidden_in(decoded->picture, plain, protection, user, limits.files.image_max);
    if (!hidden) return about(path, hidden.error());
    const double rate = rate_of(*hidden, decoded->picture);
    return Found{std::move(*hidden), rate};
}

} // namespace cp::client
