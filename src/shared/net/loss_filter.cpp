#include "net/loss_filter.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <string>

namespace cp::net {
namespace {

constexpr const char* variable = "CLOUDP2P_TEST_LOSS";

template <class T>
bool read(std::string_view text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_percent(double value) { return value >= 0 && value <= 100; }

} // namespace

LossFilter::LossFilter(double loss_percent, std::uint64_t seed, double duplicate_percent)
    : loss_{loss_percent / 100}, duplicates_{duplicate_percent / 100}, rng_{seed} {}

Outcome<LossFilter> LossFilter::parse(std::string_view text) {
    if (text.empty()) return LossFilter{};
    std::array<std::string_view, 3> fields{"0", "1", "0"};
    std::string_view left = text;
    bool done = false;
    for (std::string_view& field : fields) {
        if (done) break;
        const std::size_t comma = left.find(',');
        field = left.substr(0, comma);
        done = comma == std::string_view::npos;
        if (!done) left.remove_prefix(comma + 1);
    }
    double loss = 0;
    std::uint64_t seed = 0;
    double duplicates = 0;
    const bool read_all =
        done && read(fields[0], loss) && read(fields[1], seed) && read(fields[2], duplicates);
    if (!read_all || !is_percent(loss) || !is_percent(duplicates)) {
        return Failure{errc::bad_config, std::string{variable} + "=" + std::string{text} +
                                             ": want PERCENT[,SEED[,DUPLICATES]], as in 10,7"};
    }
    return LossFilter{loss, seed, duplicates};
}

Outcome<LossFilter> LossFilter::from_environment() {
    const char* text = std::getenv(variable);
    return parse(text == nullptr ? "" : text);
}

LossFilter::Verdict LossFilter::next() {
    if (!active()) return Verdict::pass;
    if (rng_->chance(loss_)) return Verdict::drop;
    return duplicates_ > 0 && rng_->chance(duplicates_) ? Verdict::twice : Verdict::pass;
}

} // namespace cp::net
