// The whole program in this process: arguments in, both outputs and the exit status out.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/program.h"
#include "tests/app/temporary.h"

namespace mailprobe::test {

struct Ran {
  int status = -1;
  std::string out, err;
};

/// A descriptor that leads into a file for a while.
class Redirected {
 public:
  Redirected(int descriptor, const std::filesystem::path& file) : descriptor_(descriptor), saved_(::dup(descriptor)) {
    std::fflush(nullptr);
    const int into = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (saved_ < 0 || into < 0) throw std::runtime_error("cannot redirect to " + file.string());
    ::dup2(into, descriptor_);
    ::close(into);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() {
    if (saved_ < 0) return;
    ::dup2(saved_, descriptor_);
    ::close(saved_);
  }

 private:
  int descriptor_, saved_;
};

/// A home and a working directory of its own; no configuration, unless the test writes one.
class ProgramTest : public ::testing::Test {
 public:
  ProgramTest(const ProgramTest&) = delete;
  ProgramTest& operator=(const ProgramTest&) = delete;
  ~ProgramTest() override { std::filesystem::current_path(before_); }

 protected:
  ProgramTest() : before_(std::filesystem::current_path()) {
    ::setenv("HOME", (folder.path() / "home").c_str(), 1);
    for (const auto* name :
         {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "MAILPROBE_CONFIG", "MAILPROBE_LAB"})
      ::unsetenv(name);
    std::filesystem::current_path(folder.path());
  }

  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "mailprobe");
    std::vector<char*> argv;
    argv.reserve(arguments.size());
    for (auto& argument : arguments) argv.push_back(argument.data());
    Ran ran;
    {
      const Redirected out(STDOUT_FILENO, folder.path() / ".stdout"), err(STDERR_FILENO, folder.path() / ".stderr");
      ran.status = app::program(static_cast<int>(argv.size()), argv.data());
    }
    if (!std::filesystem::is_symlink(".stdout")) ran.out = folder.read(".stdout");  // a test may put a device there
    ran.err = folder.read(".stderr");
    return ran;
  }

  Folder folder;

 private:
  std::filesystem::path before_;
};

}  // namespace mailprobe::test
