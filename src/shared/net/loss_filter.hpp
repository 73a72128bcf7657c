// Loses and doubles received datagrams on purpose, by a seeded generator, so that an end-to-end run meets a
// bad network on a good machine. Off unless CLOUDP2P_TEST_LOSS says otherwise: "PERCENT[,SEED[,DUPLICATES]]",
// where DUPLICATES is the share of the surviving datagrams that arrive twice, in percent too. Seed 1 by
// default. The same seed gives the same sequence of verdicts on every machine.
#pragma once

#include "base/result.hpp"
#include "base/rng.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace cp::net {

class LossFilter {
public:
    enum class Verdict { pass, drop, twice };

    LossFilter() = default; // passes everything
    LossFilter(double loss_percent, std::uint64_t seed, double duplicate_percent = 0);

    // Errors: bad_config with the form that is wanted. An unset or empty variable is a filter that is off.
    [[nodiscard]] static Outcome<LossFilter> parse(std::string_view text);
    [[nodiscard]] static Outcome<LossFilter> from_environment();

    [[nodiscard]] Verdict next(); // for one datagram
    [[nodiscard]] bool active() const { return loss_ > 0 || duplicates_ > 0; }

private:
    double loss_ = 0; // probabilities
    double duplicates_ = 0;
    std::optional<Rng> rng_;
};

} // namespace cp::net
