#include "merge/merge_list.h"

#include <algorithm>
#include <vector>

#include "merge/field_values.h"
#include "merge/three_way_order.h"
#include "spec/list_text.h"

namespace leanspec::merge {

namespace {

using spec::ListText;

struct Column {
  FieldIn in;
  std::vector<spec::YamlValue> storage;
  std::vector<ListItem> items;

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> all;
    all.reserve(items.size());
    for (const ListItem& item : items) all.push_back(item.id);
    return all;
  }
  [[nodiscard]] std::size_t find(const std::string& id) const {
    const auto found = std::find_if(items.begin(), items.end(), [&](const ListItem& item) { return item.id == id; });
    return static_cast<std::size_t>(found - items.begin());
  }
  [[nodiscard]] const ListItem* at(const std::string& id) const {
    const auto index = find(id);
    return index < items.size() ? &items[index] : nullptr;
  }
};

class ListMerge {
 public:
  ListMerge(std::string_view key, const FieldIn& base, const FieldIn& ours, const FieldIn& theirs, Side later)
      : key_(key), later_(later), base_{base, {}, {}}, ours_{ours, {}, {}}, theirs_{theirs, {}, {}} {
    for (Column* column : {&base_, &ours_, &theirs_})
      column->items = list_items(key, column->in.value(), column->storage);
  }

  std::optional<std::string> run(const std::optional<std::string>& last) {
    order_ = three_way_order(base_.ids(), ours_.ids(), theirs_.ids(), later_);
    if (last) {
      const auto at = std::find(order_.begin(), order_.end(), *last);
      if (at != order_.end()) std::rotate(at, at + 1, order_.end());
    }
    const Column& later = later_ == Side::ours ? ours_ : theirs_;
    const Column& earlier = later_ == Side::ours ? theirs_ : ours_;
    if (order_.empty() && (later.in.field == nullptr || earlier.in.field == nullptr)) return std::nullopt;
    for (const Column* side : {&later, &earlier})
      if (says_all(*side)) return std::string(side->in.text());
    for (const Column* side : {&later, &earlier, static_cast<const Column*>(&base_)}) {
      if (side->in.field == nullptr || side->in.value()->kind == spec::YamlKind::scalar) continue;
      if (auto list = spec::take_list_apart(side->in.file, *side->in.field)) return written_as(*side, std::move(*list));
    }
    return written_as({}, spec::new_list(key_, "\n"));
  }

 private:
  /// The side that has the item as it should be: the one that changed what it says, the later one when both did.
  [[nodiscard]] const Column& author(const std::string& id) const {
    const Column& later = later_ == Side::ours ? ours_ : theirs_;
    const Column& earlier = later_ == Side::ours ? theirs_ : ours_;
    const ListItem* const now = later.at(id);
    if (now == nullptr) return earlier;
    const ListItem* const was = base_.at(id);
    return earlier.at(id) != nullptr && was != nullptr && was->says == now->says ? earlier : later;
  }

  /// Whether this side's text is already the merged list.
  [[nodiscard]] bool says_all(const Column& side) const {
    if (side.in.field == nullptr || side.ids() != order_) return false;
    return std::all_of(order_.begin(), order_.end(),
                       [&](const std::string& id) { return author(id).at(id)->says == side.at(id)->says; });
  }

  [[nodiscard]] std::string written_as(const Column& skeleton, ListText list) const {
    const auto pieces = std::move(list.items);
    const auto gaps = std::move(list.gaps);
    list.items.clear();
    list.gaps.clear();
    const bool flow = list.style == ListText::Style::flow;
    for (const std::string& id : order_) {
      const Column& from = author(id);
      const ListItem& item = *from.at(id);
      const std::size_t here = skeleton.find(id);
      const bool kept = here < pieces.size() && skeleton.items[here].says == item.says;
      if (flow) list.gaps.push_back(gap(list, gaps, kept ? here : pieces.size()));
      list.items.push_back(kept ? pieces[here] : foreign(list, from, id, item));
    }
    return list.text();
  }

  static std::string gap(const ListText& list, const std::vector<std::string>& gaps, std::size_t here) {
    if (list.items.empty()) return gaps.empty() ? std::string() : gaps.front();
    if (here > 0 && here < gaps.size()) return gaps[here];
    return gaps.size() > 1 ? gaps[1] : ", ";
  }

  /// An item that another text has: in its bytes, if it is written in the same way there.
  [[nodiscard]] std::string foreign(const ListText& list, const Column& from, const std::string& id,
                                    const ListItem& item) const {
    if (from.in.field != nullptr && from.in.value()->kind == spec::YamlKind::list) {
      const auto other = spec::take_list_apart(from.in.file, *from.in.field);
      if (other && other->style == list.style && other->indent == list.indent) return other->items[from.find(id)];
    }
    return spec::list_item(list, *item.value);
  }

  std::string_view key_;
  Side later_;
  Column base_;
  Column ours_;
  Column theirs_;
  std::vector<std::string> order_;
};

}  // namespace

std::optional<std::string> merge_list(std::string_view key, const FieldIn& base, const FieldIn& ours,
                                      const FieldIn& theirs, Side later, const std::optional<std::string>& last) {
  return ListMerge(key, base, ours, theirs, later).run(last);
}

}  // namespace leanspec::merge
