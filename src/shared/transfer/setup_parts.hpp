// The Setups that announce one transfer: one names at most limits::receivers_max receivers, so that its
// datagram passes everywhere.
#pragma once

#include "transfer/credit_set.hpp"
#include "wire/messages.hpp"

#include <vector>

namespace cp::transfer {

// `all` in parts, or as it is when it names nobody (unicast). Of many receivers only those that have not
// answered are named again: the others' places hold nobody (0), because a place has a meaning (feedback.hpp),
// and a part without any is left out.
[[nodiscard]] std::vector<wire::Setup> setup_parts(const wire::Setup& all, CreditSet&);

} // namespace cp::transfer
