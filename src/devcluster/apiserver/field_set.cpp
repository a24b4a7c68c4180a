#include "devcluster/apiserver/field_set.hpp"

#include "devcluster/schema/type_model.hpp"
#include "kube/json/json.hpp"

namespace devcluster::apiserver {
namespace {

bool holds_nothing(const FieldSet::Entry& entry) {
    return !entry.is_member && entry.below.empty();
}

void collect_paths(const FieldSet& set, const std::string& prefix, std::vector<std::string>& paths) {
    for (const FieldSet::Entry& entry : set.entries()) {
        const std::string path = prefix + readable_step(entry.step);
        if (entry.is_member) paths.push_back(path);
        collect_paths(entry.below, path, paths);
    }
}

}  // namespace

FieldSet::FieldSet() = default;
FieldSet::~FieldSet() = default;
FieldSet::FieldSet(const FieldSet& other) = default;
FieldSet& FieldSet::operator=(const FieldSet& other) = default;
FieldSet::FieldSet(FieldSet&& other) noexcept = default;
FieldSet& FieldSet::operator=(FieldSet&& other) noexcept = default;

bool FieldSet::empty() const {
    return std::ranges::all_of(entries_, holds_nothing);
}

const FieldSet::Entry* FieldSet::find(std::string_view step) const {
    const auto it =
        std::ranges::lower_bound(entries_, step, {}, [](const Entry& e) -> std::string_view { return e.step; });
    return it != entries_.end() && it->step == step ? &*it : nullptr;
}

FieldSet::Entry& FieldSet::at(std::string_view step) {
    const auto it =
        std::ranges::lower_bound(entries_, step, {}, [](const Entry& e) -> std::string_view { return e.step; });
    if (it != entries_.end() && it->step == step) return *it;
    return *entries_.insert(it, Entry{.step = std::string{step}});
}

void FieldSet::insert(std::initializer_list<std::string_view> path) {
    FieldSet* set = this;
    Entry* entry = nullptr;
    for (const std::string_view step : path) {
        entry = &set->at(step);
        set = &entry->below;
    }
    if (entry != nullptr) entry->is_member = true;
}

void FieldSet::drop_empty() {
    for (Entry& entry : entries_) entry.below.drop_empty();
    std::erase_if(entries_, holds_nothing);
}

bool FieldSet::operator==(const FieldSet& other) const {
    return entries_ == other.entries_;
}

FieldSet FieldSet::of(std::vector<Entry> entries) {
    std::ranges::sort(entries, {}, &Entry::step);
    FieldSet set;
    set.entries_ = std::move(entries);
    return set;
}

FieldSet FieldSet::from_json(const boost::json::object& fields) {
    FieldSet set;
    for (const auto& [step, below] : fields) {
        if (step == ".") continue;  // Its owner reads it.
        if (!below.is_object() || step.size() < 2 || step[1] != ':') {
            throw std::runtime_error{fmt::format("fieldsV1: \"{}\" is no path element", std::string_view{step})};
        }
        const boost::json::object& object = below.as_object();
        Entry& entry = set.at(step);
        entry.is_member = object.empty() || object.contains(".");
        entry.below = from_json(object);
    }
    return set;
}

boost::json::object FieldSet::to_json() const {
    boost::json::object fields;
    fields.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        boost::json::object below = entry.below.to_json();
        if (entry.is_member && !below.empty()) {
            boost::json::object with_self;
            with_self.reserve(below.size() + 1);
            with_self.emplace(".", boost::json::object{});
            for (auto& [key, value] : below) with_self.emplace(key, std::move(value));
            below = std::move(with_self);
        }
        if (entry.is_member || !below.empty()) fields.emplace(entry.step, std::move(below));
    }
    return fields;
}

void FieldSet::append_text(std::string& text) const {
    text += '{';
    for (const Entry& entry : entries_) {
        if (holds_nothing(entry)) continue;
        if (text.back() != '{') text += ',';
        const bool is_plain = entry.step.find_first_of("\"\\") == std::string::npos;
        if (is_plain) {
            text += '"';
            text += entry.step;
            text += '"';
        } else {
            text += boost::json::serialize(boost::json::value(entry.step));
        }
        text += ':';
        if (!entry.is_member || entry.below.empty()) {
            entry.below.append_text(text);
            continue;
        }
        text += R"({".":{},)";
        std::string below;
        entry.below.append_text(below);
        text.append(below, 1);
    }
    text += '}';
}

std::vector<std::string> FieldSet::paths() const {
    std::vector<std::string> paths;
    collect_paths(*this, "", paths);
    return paths;
}

bool has_all(const FieldSet& a, const FieldSet& b) {
    return std::ranges::all_of(b.entries(), [&](const FieldSet::Entry& entry) {
        if (holds_nothing(entry)) return true;
        const FieldSet::Entry* mine = a.find(entry.step);
        return mine != nullptr && (mine->is_member || !entry.is_member) && has_all(mine->below, entry.below);
    });
}

bool has_any(const FieldSet& a, const FieldSet& b) {
    return std::ranges::any_of(b.entries(), [&](const FieldSet::Entry& entry) {
        const FieldSet::Entry* mine = a.find(entry.step);
        return mine != nullptr && ((mine->is_member && entry.is_member) || has_any(mine->below, entry.below));
    });
}

FieldSet set_union(const FieldSet& a, const FieldSet& b) {
    FieldSet out;
    out.entries_.reserve(a.entries_.size() + b.entries_.size());
    auto left = a.entries_.begin();
    auto right = b.entries_.begin();
    while (left != a.entries_.end() || right != b.entries_.end()) {
        if (right == b.entries_.end() || (left != a.entries_.end() && left->step < right->step)) {
            out.entries_.push_back(*left++);
        } else if (left == a.entries_.end() || right->step < left->step) {
            out.entries_.push_back(*right++);
        } else {
            out.entries_.push_back(
                {.step = left->step,
                 .is_member = left->is_member || right->is_member,
                 .below = set_union(left->below, right->below)}
            );
            ++left;
            ++right;
        }
    }
    return out;
}

FieldSet set_intersection(const FieldSet& a, const FieldSet& b) {
    FieldSet out;
    for (const FieldSet::Entry& entry : a.entries_) {
        const FieldSet::Entry* other = b.find(entry.step);
        if (other == nullptr) continue;
        FieldSet::Entry both{
            .step = entry.step,
            .is_member = entry.is_member && other->is_member,
            .below = set_intersection(entry.below, other->below)
        };
        if (!holds_nothing(both)) out.entries_.push_back(std::move(both));
    }
    return out;
}

FieldSet set_difference(const FieldSet& a, const FieldSet& b) {
    FieldSet out;
    for (const FieldSet::Entry& entry : a.entries_) {
        const FieldSet::Entry* other = b.find(entry.step);
        if (other == nullptr) {
            out.entries_.push_back(entry);
            continue;
        }
        FieldSet::Entry rest{
            .step = entry.step,
            .is_member = entry.is_member && !other->is_member,
            .below = set_difference(entry.below, other->below)
        };
        if (!holds_nothing(rest)) out.entries_.push_back(std::move(rest));
    }
    return out;
}

FieldSet set_difference_deep(const FieldSet& a, const FieldSet& b) {
    FieldSet out;
    for (const FieldSet::Entry& entry : a.entries_) {
        const FieldSet::Entry* other = b.find(entry.step);
        if (other != nullptr && other->is_member) continue;
        if (other == nullptr) {
            out.entries_.push_back(entry);
            continue;
        }
        FieldSet::Entry rest{
            .step = entry.step, .is_member = entry.is_member, .below = set_difference_deep(entry.below, other->below)
        };
        if (!holds_nothing(rest)) out.entries_.push_back(std::move(rest));
    }
    return out;
}

const schema::TypeModel* type_below(const schema::TypeModel* type, std::string_view step) {
    if (type == nullptr) return nullptr;
    if (step.starts_with("f:")) return type->field(step.substr(2));
    return type->element();
}

FieldSet with_named_fields(const FieldSet& set, const schema::TypeModel& type) {
    FieldSet out = set;
    for (FieldSet::Entry& entry : out.entries_) {
        if (entry.below.empty()) continue;
        const schema::TypeModel* below = type_below(&type, entry.step);
        if (below == nullptr) continue;
        if (entry.step.starts_with("f:") && below != type.element()) entry.is_member = true;
        entry.below = with_named_fields(entry.below, *below);
    }
    return out;
}

std::string readable_step(std::string_view step) {
    const std::string_view text = step.substr(2);
    if (step.starts_with("f:")) return fmt::format(".{}", text);
    if (step.starts_with("v:")) return fmt::format("[={}]", text);
    if (!step.starts_with("k:")) return fmt::format("[{}]", text);
    std::string out = "[";
    const boost::json::value keys = boost::json::parse(text);
    for (const auto& [key, value] : keys.as_object()) {
        if (out.size() > 1) out += ',';
        out += fmt::format("{}={}", std::string_view{key}, boost::json::serialize(value));
    }
    return out + "]";
}

}  // namespace devcluster::apiserver
