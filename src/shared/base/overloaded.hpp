// std::visit with one lambda an alternative; a forgotten one does not compile.
#pragma once

namespace cp {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

} // namespace cp
