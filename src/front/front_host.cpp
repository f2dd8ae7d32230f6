#include "front/front_host.hpp"
#include <algorithm>
#include <cstdlib>
#include "cli/message.hpp"
#include "front/hand_over.hpp"
#include "hot/duration.hpp"
#include "os/bus_error.hpp"
#include "os/standard_streams.hpp"

namespace shm::front {

os::Result<const store::Store*> FrontHost::open_store(store::Missing missing) {
  if (!opened_) {
    const char* said = parsed_.store;
    if (said == nullptr && !process_.secure) {
      said = std::getenv("SHMCTL_STORE");
    }
    const std::string_view place = said != nullptr ? said : "";
    store_ = store::Store::open(place, process_.euid, missing);
    if (store_ && store_->dir().get() <= 2) {
      // One of the standard streams is closed, and the store has its number: nothing may be printed into it.
      store_ = std::unexpected(os::Error());
      os::hold_standard_streams();
      store_ = store::Store::open(place, process_.euid, missing);
    }
    opened_ = store_.has_value();
  }
  return opened_ ? os::Result<const store::Store*>(&*store_) : std::unexpected(store_.error());
}

void FrontHost::using_object(std::string_view name) {
  os::end_on_bus_error(os::FileName(name).c_str(), cli::exit_corrupt);
}

void FrontHost::answer(std::string_view /*name*/, std::string_view /*kind*/, object::Scalar number) {
  line(object::format_scalar(number).view());
}

void FrontHost::answer_content(std::string_view /*name*/, object::Type type, std::string_view content) {
  if (type != object::Type::bytes) {
    line(content);
  } else if (!parsed_.quiet) {
    put(content);
  }
}

void FrontHost::answer_default(std::string_view /*name*/, std::string_view words) { line(words); }
void FrontHost::answer_key(std::string_view /*name*/, std::string_view /*key*/, std::string_view value) { line(value); }
void FrontHost::answer_done(std::string_view /*name*/, std::string_view /*kind*/, std::string_view /*field*/,
                            object::Scalar /*number*/) {}

int FrontHost::refuse(std::string_view /*why*/) { return hot::not_mine; }
std::int64_t FrontHost::time_said(std::string_view option, std::string_view text) {
  const auto ns = option == "wait" ? hot::patience_in(text) : hot::duration_in(text);
  return ns ? *ns : (hand_over(), 0);
}

hot::Printing FrontHost::printing() const {
  return {parsed_.quiet, parsed_.format == Format::raw    ? std::string_view()
                         : parsed_.format == Format::null ? std::string_view("\0", 1)
                                                          : std::string_view("\n")};
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
  put(text);
  put(printing().end);
}

void FrontHost::put(std::string_view text) noexcept {
  if (more_.empty() && text.size() <= sizeof first_ - size_) {
    std::copy(text.begin(), text.end(), &first_[size_]);
    size_ += text.size();
  } else if (!(more_.empty() ? more_.add({&first_[0], size_}) : true) || !more_.add(text)) {
    report(os::fail(os::Code::full, "keep", "what is to be printed", "no memory is left", "free some memory"));
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
