#include "cli/command_line.hpp"

#include <filesystem>
#include <iostream>

#include "cli/moving.hpp"
#include "cli/serve.hpp"
#include "cli/topics.hpp"

namespace cli {
namespace {

void add_setting(CLI::App& command, Invocation& invocation, const infra::Setting& setting) {
    const std::string flag = setting.flag();
    const auto take = [&invocation, &setting, flag](const std::string& value) {
        invocation.sources.flags.push_back({std::string(setting.name), value, flag});
    };
    const std::string doc = std::string(setting.doc) + " [" + setting.variable() + "]";
    const std::string value_name = setting.choices.empty() ? "" : setting.bounds().substr(7);
    if (std::holds_alternative<bool infra::Settings::*>(setting.member)) {
        command.add_flag_function(
            flag, [take](std::int64_t count) { take(count > 0 ? "true" : "false"); }, doc);
    } else {
        const bool is_number =
            std::holds_alternative<std::int64_t infra::Settings::*>(setting.member);
        command.add_option_function<std::string>(flag, take, doc)
            ->type_name(!value_name.empty() ? value_name
                        : is_number         ? "N"
                                            : "TEXT")
            ->default_str(setting.default_text());
    }
}

infra::Settings settings_of(Invocation& invocation) {
    invocation.sources.environment = infra::environment_of_this_process();
    return infra::read_settings(invocation.sources);
}

ExitCode run_operator(Invocation& invocation) {
    if (!invocation.expires_at.empty()) {
        invocation.request.expires_at = domain::parse_rfc3339(invocation.expires_at);
        if (!invocation.request.expires_at) {
            throw Exit(ExitCode::usage, "--expires-at must be a time such as 2027-01-31T00:00:00Z");
        }
    }
    return operate(settings_of(invocation), invocation.request);
}

CLI::App& add_operator_command(CLI::App& group, Invocation& invocation, OperatorAction action,
                               const std::string& name, const std::string& doc) {
    CLI::App& command = *group.add_subcommand(name, doc);
    command.parse_complete_callback([&invocation, action] {
        invocation.request.action = action;
        invocation.run = run_operator;
    });
    add_settings(command, invocation);
    return command;
}

void add_tenants(CLI::App& program, Invocation& invocation) {
    OperatorRequest& request = invocation.request;
    CLI::App& tenants = *program.add_subcommand("tenants", "Create and list tenants");
    tenants.require_subcommand(1);

    CLI::App& create = add_operator_command(tenants, invocation, OperatorAction::create_tenant,
                                            "create", "Create a tenant: one publisher");
    create.add_option("id", request.tenant, "Its id, for ever: letters, digits and . _ -")
        ->required();
    create.add_option("--name", request.name, "The publisher's name; the id if there is none");
    create.add_flag("--sandbox", request.sandbox, "It is for trying things out");

    CLI::App& list = add_operator_command(tenants, invocation, OperatorAction::list_tenants, "list",
                                          "List the tenants");
    list.add_flag("--json", request.as_json, "Print JSON");
}

void add_keys(CLI::App& program, Invocation& invocation) {
    OperatorRequest& request = invocation.request;
    CLI::App& keys = *program.add_subcommand("keys", "Create, list, rotate and revoke API keys");
    keys.require_subcommand(1);

    CLI::App& create = add_operator_command(keys, invocation, OperatorAction::create_key, "create",
                                            "Create a key and print it; it is not shown again");
    create.add_option("--tenant", request.tenant, "The tenant that it is for")->required();
    create.add_option("--name", request.name, "Who or what uses it")->required();
    create.add_option("--scope", request.scopes,
                      "What it may do, such as bills:read; may be repeated. All, if left out");
    create.add_option("--expires-at", invocation.expires_at,
                      "Until when, such as 2027-01-31T00:00:00Z. For ever, if left out");

    CLI::App& list = add_operator_command(keys, invocation, OperatorAction::list_keys, "list",
                                          "List the keys, without their secrets");
    list.add_option("--tenant", request.tenant, "Of this tenant alone");
    list.add_flag("--json", request.as_json, "Print JSON");

    CLI::App& rotate =
        add_operator_command(keys, invocation, OperatorAction::rotate_key, "rotate",
                             "Give a key another secret and print it; the old one stays valid for "
                             "a while");
    rotate.add_option("id", request.key_id, "The key's id")->required();
    rotate.add_option("--overlap-seconds", request.overlap_seconds,
                      "How long the old secret stays valid. Seven days, if left out");
    rotate.add_option("--reason", request.reason, "Why; kept in the history");

    CLI::App& revoke = add_operator_command(keys, invocation, OperatorAction::revoke_key, "revoke",
                                            "Make a key invalid at once and for ever");
    revoke.add_option("id", request.key_id, "The key's id")->required();
    revoke.add_option("--reason", request.reason, "Why; kept in the history");
}

void add_topics(CLI::App& program, Invocation& invocation) {
    CLI::App& topics = *program.add_subcommand("topics", "Make the topics of a journal on Kafka");
    topics.require_subcommand(1);
    CLI::App& create = *topics.add_subcommand(
        "create", "Make the topics that are missing, and check the settings of all");
    create.footer(
        "Example:\n"
        "  daybook topics create --brokers kafka-1:9092,kafka-2:9092 --journal-shards 12");
    create.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) { return create_topics(settings_of(asked)); };
    });
    add_settings(create, invocation);
}

void add_journal(CLI::App& program, Invocation& invocation) {
    CLI::App& journal = *program.add_subcommand("journal", "Take the journal out, and in");
    journal.require_subcommand(1);
    CLI::App& lines = *journal.add_subcommand(
        "export", "Print every record as it is stored, one a line; nobody may serve meanwhile");
    lines
        .add_option("--keys", invocation.keys_file,
                    "A file that is made, with what moving the journal needs besides")
        ->type_name("FILE");
    lines.footer(
        "Example:\n"
        "  daybook journal export --data ./data --keys keys.ndjson > journal.ndjson\n\n"
        "The hash chain covers the lines as they are. Personal data stays sealed; its keys are in "
        "FILE,\nwrapped by the key-encryption key.");
    lines.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) {
            return export_journal(settings_of(asked), asked.keys_file);
        };
    });
    add_settings(lines, invocation);

    CLI::App& import = *journal.add_subcommand(
        "import", "Take an exported journal into an empty one, here or on Kafka");
    import.add_option("lines", invocation.lines_file,
                      "The exported journal; standard input, if left out");
    import.add_option("--keys", invocation.keys_file, "The file that was exported with it")
        ->type_name("FILE")
        ->required();
    import.footer(
        "Example:\n"
        "  install -d -m 700 ./new && cp -p ./data/key-encryption-key ./new/\n"
        "  daybook journal import journal.ndjson --keys keys.ndjson --data ./new");
    import.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) {
            return import_journal(settings_of(asked), asked.keys_file, asked.lines_file);
        };
    });
    add_settings(import, invocation);
}

void add_backup(CLI::App& program, Invocation& invocation) {
    CLI::App& backup = add_operator_command(
        program, invocation, OperatorAction::back_up, "backup",
        "Copy what is new since the last time into a directory of backups, while the server runs");
    backup
        .add_option_function<std::string>(
            "directory",
            [&invocation](const std::string& path) {
                invocation.request.path = std::filesystem::absolute(path).string();
            },
            "Where; made if there is none")
        ->required();
    backup.footer(
        "Example:\n"
        "  daybook backup /backups/daybook --data ./data\n\n"
        "Keep the key-encryption key apart from it: without that the backup holds no personal "
        "data.");

    CLI::App& restore_command = *program.add_subcommand(
        "restore", "Make a data directory of a backup, and erase again who was erased since");
    restore_command.add_option("directory", invocation.restore.backups, "The directory of backups")
        ->required();
    restore_command.add_option("--to", invocation.restore.to,
                               "A time such as 2027-01-31T00:00:00Z, or positions such as 0-1201, "
                               "one for a shard; the end, if left out");
    restore_command.add_option("--erased", invocation.restore.erased,
                               "The list of a newer backup, erased-N.ndjson, or the former data "
                               "directory; may be repeated");
    restore_command.footer(
        "Example:\n"
        "  install -d -m 700 ./new && cp -p ./key-encryption-key ./new/\n"
        "  daybook restore /backups/daybook --data ./new");
    restore_command.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) {
            return restore(settings_of(asked), asked.restore);
        };
    });
    add_settings(restore_command, invocation);
}

void add_encryption_key(CLI::App& program, Invocation& invocation) {
    CLI::App& group =
        *program.add_subcommand("encryption-key", "Replace the key that opens all other keys");
    group.require_subcommand(1);
    CLI::App& rotate = *group.add_subcommand(
        "rotate", "Replace the key-encryption key; nobody may serve the directory meanwhile");
    rotate
        .add_option("--to", invocation.keys_file,
                    "The file of the new key, made if there is none; else a new key takes the "
                    "place of the old one")
        ->type_name("FILE");
    rotate.footer(
        "Example:\n"
        "  daybook encryption-key rotate --data ./data\n\n"
        "It wraps the root key anew, in the file root-key of the data directory; nothing else is "
        "written.\nOn Kafka give every node the new key and a copy of that file.");
    rotate.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) {
            return replace_key(settings_of(asked), asked.keys_file);
        };
    });
    add_settings(rotate, invocation);
}

void add_views(CLI::App& program, Invocation& invocation) {
    CLI::App& views =
        *program.add_subcommand("views", "Make the views anew, and compare those of nodes");
    views.require_subcommand(1);
    CLI::App& digest = *views.add_subcommand(
        "digest", "Print what the views come to; nobody may serve the directory meanwhile");
    digest.footer(
        "Example:\n"
        "  daybook views digest --data ./data\n\n"
        "Each line is a position, a kind and 32 digits that depend on all rows of the kind in that "
        "shard.\nEqual journals give equal lines, on any node and any engine.");
    digest.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) { return digest_views(settings_of(asked)); };
    });
    add_settings(digest, invocation);

    CLI::App& rebuild = add_operator_command(
        views, invocation, OperatorAction::rebuild_views, "rebuild",
        "Make the views anew from the journal, and exchange them; the server goes on serving");
    rebuild.footer(
        "Example:\n"
        "  daybook views rebuild --data ./data\n\n"
        "Called again while it goes on, it shows how far that is. What a crash cuts is gone on "
        "with by itself.");
}

void add_audit(CLI::App& program, Invocation& invocation) {
    OperatorRequest& request = invocation.request;
    CLI::App& audit =
        *program.add_subcommand("audit", "Follow the journal, compare the views with it, prove it");
    audit.require_subcommand(1);

    CLI::App& steps = add_operator_command(audit, invocation, OperatorAction::replay, "replay",
                                           "Fold the journal and print each step");
    steps.add_option("--subject", request.subject, "Of one resource, such as bills/b-1");
    steps.add_option("--user", request.user, "Of what belongs to one person");
    steps.add_option("--tenant", request.tenant, "Of one tenant");
    steps.add_flag("--personal", request.shows_personal,
                   "Show texts about persons, where their keys are still there");
    steps.add_flag("--json", request.as_json, "Print a JSON object a line");
    steps.footer(
        "Example:\n"
        "  daybook audit replay --subject contracts/c-1 --data ./data");

    CLI::App& verify = add_operator_command(
        audit, invocation, OperatorAction::audit_views, "verify",
        "Build the views aside from the journal alone, and compare them with the live ones");
    verify.footer(
        "Example:\n"
        "  daybook audit verify --data ./data\n\n"
        "It ends with 4 and names the first row that differs, if one does.");

    CLI::App& key = *audit.add_subcommand("key", "Print the public key of the checkpoints");
    key.footer(
        "Example:\n"
        "  daybook audit key --data ./data\n\n"
        "It is a verifier key of C2SP signed notes, NAME+HEX+BASE64: give it to auditors, for\n"
        "daybook-verify and any other program that reads such notes.");
    key.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) { return print_audit_key(settings_of(asked)); };
    });
    add_settings(key, invocation);
}

}  // namespace

void add_settings(CLI::App& command, Invocation& invocation) {
    command
        .add_option_function<std::string>(
            "--config", [&invocation](const std::string& path) { invocation.sources.file = path; },
            "A TOML file with settings [DAYBOOK_CONFIG]")
        ->type_name("FILE");
    for (const infra::Setting& setting : infra::settings_table()) {
        add_setting(command, invocation, setting);
        command.get_option(setting.flag())->group("Settings");
    }
}

void add_commands(CLI::App& program, Invocation& invocation) {
    CLI::App& serve_command = *program.add_subcommand("serve", "Serve the HTTP interface");
    serve_command.footer(
        "Examples:\n"
        "  daybook serve --data ./data --listen 127.0.0.1:8080\n"
        "  daybook serve --data ./data --journal kafka --brokers kafka-1:9092,kafka-2:9092\n"
        "  DAYBOOK_LOG_REQUESTS=errors daybook serve --config /etc/daybook.toml\n\n"
        "SIGTERM and SIGINT end it without losing a request that has arrived.");
    serve_command.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) { return serve(settings_of(asked)); };
    });
    add_settings(serve_command, invocation);

    CLI::App& init_command = *program.add_subcommand(
        "init", "Make a data directory with a first tenant and key; serve does so, too");
    init_command.parse_complete_callback([&invocation] {
        invocation.run = [](Invocation& asked) { return init(settings_of(asked)); };
    });
    add_settings(init_command, invocation);

    add_keys(program, invocation);
    add_tenants(program, invocation);
    add_topics(program, invocation);
    add_journal(program, invocation);
    add_views(program, invocation);
    add_audit(program, invocation);
    add_backup(program, invocation);
    add_encryption_key(program, invocation);

    program.add_subcommand("settings", "Print the reference of all settings, in Markdown")
        ->parse_complete_callback([&invocation] {
            invocation.run = [](Invocation&) {
                std::cout << infra::settings_reference();
                return ExitCode::ok;
            };
        });
    program.add_subcommand("version", "Print the version")->parse_complete_callback([&invocation] {
        invocation.run = [](Invocation&) {
            std::cout << "daybook " << DAYBOOK_VERSION << "\n";
            return ExitCode::ok;
        };
    });
}

}  // namespace cli
