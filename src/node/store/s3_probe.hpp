// What an engine behind the S3 interface really does, found out by doing it: with objects of its own under a
// name that no key can have, removed afterwards.
#pragma once

#include "store/s3_store.hpp"

namespace cp::store {

// Puts, conditional puts, some of them at the same time, and a listing right behind. Errors: those of the
// first put, list or delete: a store that refuses these is of no use. About twenty requests.
//
// Swift passes every trial on one machine, but promises neither conditions nor listings that are up to date
// (its replicas agree later), so it is known by its headers and trusted with neither.
[[nodiscard]] Outcome<Caps> probe(S3Store&);

} // namespace cp::store
