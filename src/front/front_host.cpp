#include "front/front_host.hpp"
#include <algorithm>
#include <cstdlib>
#include "cli/message.hpp"
#include "front/hand_over.hpp"
#include "os/bus_error.hpp"
#include "os/standard_streams.hpp"

namespace shm::front {

os::Result<const store::Store*> FrontHost::open_store(store::Missing missing) {
  if (!opened_) {
    const char* said = parsed_.store;
    if (said == nullptr && !process_.secure) {
      said = std::getenv("SHMCTL_STORE");
    }
    store_ = store::Store::open(said != nullptr ? said : "", process_.euid, missing);
    opened_ = store_.has_value();
    // One of the standard streams is closed, and the store has its number: the other program knows what to do.
    if (opened_ && store_->dir().get() <= 2) {
      hand_over();
    }
  }
  return opened_ ? os::Result<const store::Store*>(&*store_) : std::unexpected(store_.error());
}

void FrontHost::using_object(std::string_view name) {
  os::end_on_bus_error(os::FileName(name).c_str(), cli::exit_corrupt);
}

void FrontHost::answer(std::string_view /*name*/, std::string_view /*kind*/, object::Scalar number) {
  line(object::format_scalar(number).view());
}

void FrontHost::report(const os::Error& error) {
  worst_ = std::max(worst_, cli::status_of(error.code));
  if (!parsed_.quiet || !cli::is_answer(error.code)) {
    cli::complain_of(cli::message_text(error));
  }
}

void FrontHost::line(std::string_view text) noexcept {
  if (parsed_.quiet) {
    return;
  }
  const std::string_view end = parsed_.format == Format::raw    ? std::string_view()
                               : parsed_.format == Format::null ? std::string_view("\0", 1)
                                                                : std::string_view("\n");
  for (const auto part : {text, end}) {
    if (more_.empty() && part.size() <= sizeof first_ - size_) {
      std::copy(part.begin(), part.end(), &first_[size_]);
      size_ += part.size();
    } else if (!(more_.empty() ? more_.add({&first_[0], size_}) : true) || !more_.add(part)) {
      report(os::fail(os::Code::full, "keep", "what is to be printed", "no memory is left", "free some memory"));
    }
  }
}

int FrontHost::finish(int status) noexcept {
  const std::string_view all = more_.empty() ? std::string_view(&first_[0], size_) : more_.view();
  if (!all.empty()) {
    if (auto written = os::write_to(os::Stream::out, all); !written) {
      auto error = written.error();
      error.advice = "what was to be changed has been changed";
      report(error);
    }
  }
  return std::max(status, worst_);
}

}  // namespace shm::front
