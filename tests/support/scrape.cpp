#include "support/scrape.hpp"

#include <algorithm>
#include <sstream>

namespace support {

std::vector<std::string> series(
    const kube::Metrics& metrics, std::string_view name, std::initializer_list<std::string_view> labels
) {
    std::vector<std::string> found;
    std::istringstream text{metrics.serialize()};
    for (std::string line; std::getline(text, line);) {
        const bool is_of_metric = line.starts_with(name) && line.size() > name.size() &&
                                  (line[name.size()] == '{' || line[name.size()] == ' ');
        const bool has_labels =
            std::ranges::all_of(labels, [&](std::string_view label) { return line.find(label) != std::string::npos; });
        if (is_of_metric && has_labels) found.push_back(std::move(line));
    }
    return found;
}

double total(const kube::Metrics& metrics, std::string_view name, std::initializer_list<std::string_view> labels) {
    double sum = 0;
    for (const std::string& line : series(metrics, name, labels)) sum += std::stod(line.substr(line.rfind(' ') + 1));
    return sum;
}

}  // namespace support
