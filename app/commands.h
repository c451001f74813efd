// The commands, a source file each. Each runs to its end and returns the exit status.
#pragma once

#include "app/console.h"
#include "app/environment.h"
#include "app/live_line.h"
#include "app/options.h"

namespace mailprobe::app {

/// What all commands are given.
struct Setting {
  std::string program;  // as it was called, for lines to copy
  CommonOptions common;
  Environment environment;
  Console console;
  std::shared_ptr<LiveLine> line;  // standard error
};

int run(const SendCommand& command, const Setting& setting);
int run(const RunCommand& command, const Setting& setting);
int run(const ResumeCommand& command, const Setting& setting);
int run(const InspectCommand& command, const Setting& setting);
int run(const VerifyCommand& command, const Setting& setting);
int run(const SignCommand& command, const Setting& setting);
int run(const InitCommand& command, const Setting& setting);
int run(const DoctorCommand& command, const Setting& setting);
int run(const ReportCommand& command, const Setting& setting);
int run(const HistoryCommand& command, const Setting& setting);
int run(const DiffCommand& command, const Setting& setting);
int run(const CollectCommand& command, const Setting& setting);
int run(const ReflectCommand& command, const Setting& setting);
int run(const TrapsCommand& command, const Setting& setting);
int run(const SuppressCommand& command, const Setting& setting);
int run(const TemplatesCommand& command, const Setting& setting);
int run(const ChecksCommand& command, const Setting& setting);
int run(const SchemaCommand& command, const Setting& setting);
int run(const CompletionCommand& command, const Setting& setting);
int run(const ManCommand& command, const Setting& setting);
int run(const LabCommand& command, const Setting& setting);

/// Says what is wrong; the exit status for it.
int complain(const Error& error);

}  // namespace mailprobe::app
