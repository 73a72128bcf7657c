#include "web/multipart.hpp"

// The helper is header-only, but its headers mention these.
#define FMT_HEADER_ONLY
#define RESTINIO_USE_BOOST_ASIO shared
#include <algorithm>
#include <optional>
#include <restinio/helpers/http_field_parsers/content-disposition.hpp>
#include <restinio/helpers/multipart_body.hpp>

namespace cp::web {
namespace {

namespace fields = restinio::http_field_parsers;

constexpr std::size_t boundary_max = 70; // RFC 2046
constexpr std::size_t parts_max = 16;

Failure refused(std::string why) { return {errc::bad_field, std::move(why)}; }

bool is_boundary(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= boundary_max && std::ranges::all_of(text, allowed) &&
           text.back() != ' ';
}

// With the two hyphens in front, as it stands in the body.
std::optional<std::string> boundary_of(std::string_view content_type) {
    const auto parsed = fields::content_type_value_t::try_parse(content_type);
    if (!parsed || parsed->media_type.type != "multipart" || parsed->media_type.subtype != "form-data")
        return std::nullopt;
    const auto value = fields::find_first(parsed->media_type.parameters, "boundary");
    if (!value || !is_boundary(*value)) return std::nullopt;
    return "--" + std::string{*value};
}

bool is_named(const restinio::multipart_body::parsed_part_t& part, std::string_view field) {
    const auto disposition = part.fields.opt_value_of(restinio::http_field::content_disposition);
    if (!disposition) return false;
    const auto parsed = fields::content_disposition_value_t::try_parse(*disposition);
    if (!parsed || parsed->value != "form-data") return false;
    const auto name = fields::find_first(parsed->parameters, "name");
    return name && *name == field;
}

} // namespace

Outcome<std::string> multipart_field(std::string_view content_type, const std::string& body,
                                     std::string_view field) {
    const auto boundary = boundary_of(content_type);
    if (!boundary) return refused("Content-Type must be multipart/form-data with a boundary");
    // The last line end is optional (RFC 2046), but the helper insists on it.
    const bool ended = !body.ends_with("--");
    const std::string completed = ended ? std::string{} : body + "\r\n";
    const auto parts = restinio::multipart_body::split_multipart_body(ended ? body : completed, *boundary);
    if (parts.empty()) return refused("the multipart body is not whole");
    if (parts.size() > parts_max) return refused("too many parts");
    for (const auto& text : parts) {
        const auto part = restinio::multipart_body::try_parse_part(text);
        if (!part) return refused("a part of the multipart body cannot be read");
        if (is_named(*part, field)) return std::string{part->body};
    }
    return refused("no field '" + std::string{field} + "' in the form");
}

} // namespace cp::web
