#include "node_app/load_meter.hpp"

#include <array>
#include <fstream>
#include <string>

namespace cp::node {
namespace {

double available_memory_percent() {
    std::ifstream in{"/proc/meminfo"};
    double total = 0;
    double available = 0;
    for (std::string key; in >> key;) {
        double value = 0;
        in >> value;
        in.ignore(16, '\n');
        if (key == "MemTotal:") total = value;
        if (key == "MemAvailable:") available = value;
        if (total > 0 && available > 0) return 100.0 * available / total;
    }
    return 100;
}

} // namespace

election::LoadSample LoadMeter::sample(std::size_t tasks) {
    std::ifstream in{"/proc/stat"};
    std::string cpu;
    std::array<std::uint64_t, 8> fields{}; // user nice system idle iowait irq softirq steal
    in >> cpu;
    for (auto& field : fields) in >> field;
    std::uint64_t total = 0;
    for (const auto field : fields) total += field;
    const std::uint64_t busy = total - fields[3] - fields[4];

    election::LoadSample sample;
    sample.tasks = tasks;
    if (total > total_)
        sample.cpu_percent = 100.0 * static_cast<double>(busy - busy_) / static_cast<double>(total - total_);
    sample.memory_available_percent = available_memory_percent();
    busy_ = busy;
    total_ = total;
    return sample;
}

} // namespace cp::node
