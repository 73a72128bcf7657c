// std::visit with one lambda an alternative; a forgotten one does not compile.
#pragma once

namespace cp {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};
// Clang before 17 does not deduce it for aggregates.
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

} // namespace cp
