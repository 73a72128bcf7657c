#include "store/s3_xml.hpp"

#include "base/utf8.hpp"

#include <charconv>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <locale>
#include <pugixml.hpp>
#include <sstream>

namespace cp::store {
namespace {

constexpr std::size_t message_max = 200; // of a stranger's sentence that goes into our line

std::string cut(std::string_view text) { return printable(text.substr(0, message_max)); }

std::uint64_t number(std::string_view text) {
    std::uint64_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failed == std::errc{} && end == text.data() + text.size() ? out : 0;
}

// Values keep their blanks: a key may begin or end with one.
bool load(pugi::xml_document& document, ByteView xml) {
    constexpr unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
    return static_cast<bool>(document.load_buffer(xml.data(), xml.size(), options, pugi::encoding_utf8));
}

} // namespace

std::string bare_etag(std::string_view text) {
    if (text.starts_with("W/")) text.remove_prefix(2);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return std::string{text};
}

std::int64_t read_iso_time(std::string_view text) {
    std::istringstream in{std::string{text}};
    in.imbue(std::locale::classic());
    std::tm time{};
    in >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
    if (in.fail()) return 0;
    using namespace std::chrono;
    const year_month_day date{year{time.tm_year + 1900}, month{static_cast<unsigned>(time.tm_mon + 1)},
                              day{static_cast<unsigned>(time.tm_mday)}};
    if (!date.ok()) return 0;
    return (sys_days{date}.time_since_epoch() + hours{time.tm_hour} + minutes{time.tm_min} +
            seconds{time.tm_sec}) /
           seconds{1};
}

Outcome<ListPage> read_list(ByteView xml) {
    pugi::xml_document document;
    if (!load(document, xml)) return Failure{errc::damaged, "a listing that is no XML"};
    const pugi::xml_node root = document.child("ListBucketResult");
    if (!root) return Failure{errc::damaged, "a listing without ListBucketResult"};
    ListPage page;
    for (const pugi::xml_node& object : root.children("Contents"))
        page.objects.push_back({object.child_value("Key"), number(object.child_value("Size")),
                                read_iso_time(object.child_value("LastModified")),
                                bare_etag(object.child_value("ETag")), object.child_value("Generation")});
    for (const pugi::xml_node& folder : root.children("CommonPrefixes"))
        page.prefixes.emplace_back(folder.child_value("Prefix"));
    page.truncated = std::string_view{root.child_value("IsTruncated")} == "true";
    page.next = root.child_value("NextContinuationToken");
    return page;
}

ErrorBody read_error(ByteView xml) {
    pugi::xml_document document;
    if (xml.empty() || !load(document, xml)) return {};
    const pugi::xml_node error = document.child("Error");
    ErrorBody out{cut(error.child_value("Code")), cut(error.child_value("Message")),
                  cut(error.child_value("Region"))};
    if (out.message.empty()) out.message = cut(error.child_value("Details"));
    return out;
}

} // namespace cp::store
