// open_store(): which engine a URL names.
#include "base/utf8.hpp"
#include "store/dir_store.hpp"
#include "store/google_authorizer.hpp"
#include "store/s3_probe.hpp"
#include "store/s3_store.hpp"
#include "store/secret_file.hpp"

namespace cp::store {
namespace {

constexpr std::uint64_t account_max = 64 * 1024;

Outcome<std::unique_ptr<Authorizer>> google_account(const std::filesystem::path& file, HttpClient& http,
                                                    const Surroundings& surroundings) {
    const auto text = read_secret_file(file, account_max);
    if (!text) return text.error();
    auto account = read_google_account(as_text(text->view()));
    if (!account) return Failure{account.error().code, file.string() + ": " + account.error().line};
    return std::make_unique<GoogleAuthorizer>(std::move(*account), http, surroundings.unix_seconds);
}

Outcome<std::unique_ptr<Authorizer>> authorizer_for(const RemoteUrl& url, const Environment& environment,
                                                    HttpClient& http, const Surroundings& surroundings) {
    const bool google = url.kind == RemoteUrl::Kind::google;
    const std::string_view account = value_of(environment, "GOOGLE_APPLICATION_CREDENTIALS");
    if (google && !account.empty() && url.credentials.empty()) {
        if (!is_private_address(url.endpoint))
            return Failure{errc::bad_config, url.endpoint + ": a token may go over https alone"};
        return google_account(expand_home(environment, std::filesystem::path{account}), http, surroundings);
    }
    auto key = find_credentials(url, environment);
    if (!key && google && key.error().code == errc::not_found && url.credentials.empty())
        return Failure{errc::not_found, "set GOOGLE_APPLICATION_CREDENTIALS to the JSON key of a service "
                                        "account, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to an HMAC "
                                        "key"};
    if (!key) return key.error();
    return std::make_unique<KeyAuthorizer>(std::move(*key), url.kind, url.region);
}

// The wording of a start that fails is that of the HTTP design (docs/predecessors.md).
Failure not_initialized(const Failure& why) {
    return {why.code, "Failed to initialize user registration: " + why.line +
                          "; check it with: node check-store --store URL"};
}

Outcome<std::unique_ptr<ObjectStore>> open_remote(std::string_view text, const Environment& environment) {
    const auto url = parse_remote_url(text, environment);
    if (!url) return url.error();
    const Surroundings surroundings = real_surroundings();
    auto http = std::make_unique<CurlClient>();
    auto authorizer = authorizer_for(*url, environment, *http, surroundings);
    if (!authorizer) return not_initialized(authorizer.error());
    auto store = std::make_unique<S3Store>(
        std::make_unique<S3Client>(*url, std::move(http), std::move(*authorizer), surroundings));
    const auto caps = probe(*store);
    if (!caps) return not_initialized(caps.error());
    store->set_caps(*caps);
    return std::unique_ptr<ObjectStore>{std::move(store)};
}

} // namespace

Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url, const Environment& environment) {
    constexpr std::string_view dir = "dir:";
    if (url.starts_with(dir)) return DirStore::open(std::filesystem::path{url.substr(dir.size())});
    if (url.starts_with("s3://") || url.starts_with("gs://")) return open_remote(url, environment);
    return Failure{errc::bad_config, "store '" + printable(url) +
                                         "': expected dir:PATH, s3://BUCKET[/PREFIX]?endpoint=URL&region=R "
                                         "or gs://BUCKET[/PREFIX]"};
}

} // namespace cp::store
