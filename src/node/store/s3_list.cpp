// S3Store: listings. Pages of the engine are not pages of ours, since names that are no keys are left out,
// and folders sort otherwise there.
#include "base/utf8.hpp"
#include "store/key.hpp"
#include "store/s3_folders.hpp"
#include "store/s3_store.hpp"

#include <algorithm>
#include <set>

namespace cp::store {
namespace {

constexpr std::size_t listing_max = 16 << 20; // bytes of XML for 1 000 keys of a kilobyte, escaped

Failure bad_prefix(std::string_view prefix) {
    return {errc::bad_field, "'" + printable(prefix.substr(0, 80)) + "' is not allowed as a key"};
}

// Moves `query` to the next page; false when there is none.
bool turn(Query& query, const ListPage& page) {
    if (!page.truncated || page.next.empty()) return false;
    std::erase_if(query, [](const auto& pair) {
        return pair.first == "start-after" || pair.first == "continuation-token";
    });
    query.emplace_back("continuation-token", page.next);
    return true;
}

} // namespace

Outcome<ListPage> S3Store::list_page(Query query) {
    query.emplace_back("list-type", "2");
    query.emplace_back("max-keys", std::to_string(list_page_max));
    S3Request request{Method::get, {}, std::move(query)};
    request.answer_max = listing_max;
    const auto reply = client_->send(request);
    if (!reply) return reply.error();
    if (!reply->http.ok()) {
        Failure failure = client_->failure(reply->http);
        if (failure.code == errc::not_found) failure.code = errc::bad_config; // a bucket, not an object
        return failure;
    }
    auto page = read_list(reply->http.body);
    if (!page) return Failure{errc::damaged, client_->url().endpoint + ": " + page.error().line};
    return page;
}

ObjectInfo S3Store::info_of(const ListedObject& object) const {
    return {object.key.substr(client_->url().prefix.size()), object.bytes, object.modified_unix_s, 0,
            is_google() ? object.generation : object.etag};
}

Outcome<std::vector<ObjectInfo>> S3Store::list(std::string_view prefix, std::string_view after) {
    if (!is_key_prefix(prefix)) return bad_prefix(prefix);
    const std::string full = full_key(prefix);
    const std::string from = full_key(after);
    Query query{{"prefix", full}};
    if (!after.empty()) query.emplace_back("start-after", from);
    for (;;) {
        const auto page = list_page(query);
        if (!page) return page.error();
        std::vector<ObjectInfo> out;
        for (const ListedObject& object : page->objects) {
            if (!object.key.starts_with(full)) continue;
            ObjectInfo info = info_of(object);
            if (is_key(info.key) && info.key > after) out.push_back(std::move(info));
        }
        std::ranges::sort(out, {}, &ObjectInfo::key);
        if (!out.empty() || !turn(query, *page)) return out;
    }
}

Outcome<std::vector<std::string>> S3Store::list_folders(std::string_view prefix, std::string_view after) {
    if (!is_key_prefix(prefix) || !(prefix.empty() || prefix.ends_with('/'))) return bad_prefix(prefix);
    const std::string full = full_key(prefix);
    Query query{{"prefix", full}, {"delimiter", "/"}};
    if (!after.empty()) query.emplace_back("start-after", full + std::string{after});
    std::set<std::string> names;
    for (;;) {
        const auto page = list_page(query);
        if (!page) return page.error();
        std::string last;
        for (const std::string& folder : page->prefixes) {
            if (!folder.starts_with(full) || !folder.ends_with('/')) continue;
            const std::string name = folder.substr(full.size(), folder.size() - full.size() - 1);
            last = std::max(last, name + '/');
            if (is_key(name) && name > after) names.insert(name);
        }
        for (const ListedObject& object : page->objects)
            if (object.key.starts_with(full)) last = std::max(last, object.key.substr(full.size()));
        const bool more = turn(query, *page);
        auto out = more ? settled_folders(names, last) : std::vector<std::string>(names.begin(), names.end());
        if (out.size() > list_page_max) out.resize(list_page_max);
        if (!out.empty() || !more) return out;
    }
}

} // namespace cp::store
