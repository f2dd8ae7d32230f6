#include "verbs/deliveries.hpp"
#include <algorithm>
#include "cli/failure.hpp"
#include "os/standard_streams.hpp"

namespace shm::verbs {

os::Delivery* Deliveries::begin() noexcept {
  if (holds_nothing_) {
    return nullptr;
  }
  hold();
  return &*delivery_;
}

void Deliveries::hold() noexcept {
  if (!delivery_) {
    delivery_.emplace();
  }
}

void Deliveries::add(std::vector<std::size_t> ends, PutBack put_back) {
  if (!ends.empty() && !holds_nothing_) {
    all_.push_back({std::move(ends), std::move(put_back)});
  }
}

void Deliveries::shift(std::size_t at, std::size_t size) noexcept {
  // Those that are meant came last.
  for (auto taken = all_.rbegin(); taken != all_.rend() && taken->ends.back() > at; ++taken) {
    for (auto& end : taken->ends) {
      end += size;
    }
  }
}

// The last first: so each finds its place as it was.
void Deliveries::put_back(std::size_t written) {
  for (auto taken = all_.rbegin(); taken != all_.rend() && taken->ends.back() > written; ++taken) {
    const auto first = std::find_if(taken->ends.begin(), taken->ends.end(), [&](auto end) { return end > written; });
    taken->put_back(static_cast<std::size_t>(first - taken->ends.begin()));
  }
  all_.clear();
}

os::Result<void> Deliveries::write(cli::Output& output, std::size_t size) {
  os::Result<void> done;
  std::size_t written = 0;
  if (delivery_) {
    done = delivery_->write(output.pending().substr(0, size), written);
  } else {
    done = os::write_to(os::Stream::out, output.pending().substr(0, size));
  }
  if (done) {
    const auto rest =
        std::find_if(all_.begin(), all_.end(), [&](const Taken& each) { return each.ends.back() > size; });
    all_.erase(all_.begin(), rest);
    for (auto& taken : all_) {
      for (auto& end : taken.ends) {
        end -= std::min(end, size);
      }
    }
  } else {
    done.error().advice = all_.empty() ? "what was to be changed has been changed"
                                       : "what was taken out and could not be written is back, all else was changed";
    put_back(written);
  }
  output.drop_first(size);
  if (all_.empty()) {
    delivery_.reset();
  }
  return done;
}

}  // namespace shm::verbs
