#include "store/credentials.hpp"

#include "base/utf8.hpp"
#include "files/files.hpp"
#include "store/secret_file.hpp"

#include <boost/property_tree/ini_parser.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace cp::store {
namespace {

constexpr std::uint64_t file_max = 1 << 20;

// What can stand in a header line; also keeps a file with Windows line ends from breaking a signature.
bool is_visible(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Outcome<AccessKey> checked(AccessKey key, const std::string& where) {
    if (!is_visible(key.key) || !is_visible(key.secret) || (!key.session.empty() && !is_visible(key.session)))
        return Failure{errc::damaged, where + ": keys are visible ASCII characters without blanks"};
    return key;
}

Outcome<AccessKey> from_file(const std::filesystem::path& path, const std::string& profile) {
    const auto text = read_secret_file(path, file_max);
    if (!text) return text.error();
    auto key = read_credentials(as_text(text->view()), profile);
    if (!key) return Failure{key.error().code, path.string() + ": " + key.error().line};
    return key;
}

} // namespace

Outcome<AccessKey> read_credentials(std::string_view file, const std::string& profile) {
    namespace pt = boost::property_tree;
    pt::ptree tree;
    try {
        std::string text{file};
        std::erase(text, '\r');
        std::istringstream in{std::move(text)};
        pt::read_ini(in, tree);
    } catch (const pt::ini_parser_error& error) {
        return Failure{errc::damaged, "line " + std::to_string(error.line()) + ": " + error.message()};
    }
    const auto section = tree.find(profile);
    if (section == tree.not_found())
        return Failure{errc::not_found, "no section [" + printable(profile) + "]"};
    const auto value = [&](const char* name) { return section->second.get<std::string>(name, ""); };
    AccessKey key{value("aws_access_key_id"), value("aws_secret_access_key"), value("aws_session_token")};
    if (key.key.empty() || key.secret.empty())
        return Failure{errc::not_found,
                       "[" + printable(profile) + "] lacks aws_access_key_id or aws_secret_access_key"};
    return checked(std::move(key), "[" + printable(profile) + "]");
}

Outcome<AccessKey> find_credentials(const RemoteUrl& url, const Environment& environment) {
    if (!url.credentials.empty()) return from_file(url.credentials, url.profile);
    const std::string_view key = value_of(environment, "AWS_ACCESS_KEY_ID");
    const std::string_view secret = value_of(environment, "AWS_SECRET_ACCESS_KEY");
    if (url.profile == "default" && !key.empty() && !secret.empty())
        return checked(
            {std::string{key}, std::string{secret}, std::string{value_of(environment, "AWS_SESSION_TOKEN")}},
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN");
    const std::string_view named = value_of(environment, "AWS_SHARED_CREDENTIALS_FILE");
    if (!named.empty()) return from_file(std::filesystem::path{named}, url.profile);
    const auto usual = expand_home(environment, "~/.aws/credentials");
    if (is_file(usual)) return from_file(usual, url.profile);
    return Failure{errc::not_found,
                   "no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials"};
}

} // namespace cp::store
