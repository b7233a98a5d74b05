//! The window's text: looked up by key in `assets/i18n`, so that it can be read, checked and translated in one place.
//! The format is Project Fluent.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

pub(crate) use fluent_bundle::FluentValue as Value;

const ENGLISH: &str = include_str!("../assets/i18n/en.ftl");
/// The languages beside English, by their codes.
const OTHERS: [(&str, &str); 2] =
    [("de", include_str!("../assets/i18n/de.ftl")), ("es", include_str!("../assets/i18n/es.ftl"))];

/// The window's language, once it is chosen.
static CHOSEN: OnceLock<String> = OnceLock::new();

/// Shows the window's text in a language from now on: a code as "de" or "de-AT"; English where there is no such text, or where
/// text has been shown already. What commands print stays English.
pub(crate) fn choose(language: &str) {
    let chosen = CHOSEN.get_or_init(|| language.to_owned());
    log::debug!("the language is {chosen}");
}

/// The code of the language that the window's text is in.
pub(crate) fn language() -> &'static str {
    WORDS.language
}

/// The words of one language.
struct Words {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
    /// Messages without placeholders, made once: most of a frame's words cost one look into a map.
    plain: HashMap<String, String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let chosen = CHOSEN.get().map_or("", String::as_str);
    let code = chosen.split(['-', '_', '.']).next().unwrap_or_default();
    match OTHERS.iter().find(|(other, _)| *other == code) {
        Some((code, text)) => Words::parse(code, text),
        None => Words::parse("en", ENGLISH),
    }
});

impl Words {
    /// Reads what can be read: a broken or repeated message is left out, and a test keeps the bundled file free of them.
    fn parse(language: &'static str, text: &str) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
        // The marks that keep right-to-left names apart would show as boxes.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
            log::error!("words of language {language}: {errors:?}");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            log::error!("words of language {language}: {errors:?}");
        }
        let mut words = Self { language, bundle, plain: HashMap::new() };
        for key in keys(text) {
            if let (Some(message), true) = words.format(key, None) {
                words.plain.insert(key.to_owned(), message);
            }
        }
        words
    }

    /// The message, and whether all its placeholders were filled.
    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> (Option<String>, bool) {
        let mut errors = Vec::new();
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let message = pattern.map(|pattern| self.bundle.format_pattern(pattern, args, &mut errors).into_owned());
        (message, errors.is_empty())
    }
}

/// The keys of the messages in a Fluent file, in order.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let key = line.split_once('=')?.0.trim_end();
        let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        is_key.then_some(key)
    })
}

/// The message of a key without placeholders; the key itself if there is none.
pub(crate) fn message(key: &str) -> &str {
    WORDS.plain.get(key).map_or(key, String::as_str)
}

/// The message of a key with its placeholders filled; the key itself if there is none.
pub(crate) fn message_with(key: &str, args: &[(&'static str, Value<'_>)]) -> String {
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    WORDS.format(key, Some(&args)).0.unwrap_or_else(|| key.to_owned())
}

/// The words of a key: `tr!("menu-file")` is a `&'static str`, `tr!("status-waiting", count = 3)` a `String`.
macro_rules! tr {
    ($key:literal) => {
        $crate::text::message($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::text::message_with($key, &[$((stringify!($name), $crate::text::Value::from($value))),+])
    };
}
pub(crate) use tr;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::commands::actions::ACTIONS;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// All Rust source of the crate but this file.
    fn source() -> Vec<(String, String)> {
        fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, files);
                } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("src/text.rs") {
                    files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        files
    }

    /// A call's key and the names of its arguments; `call` begins behind the opening bracket.
    fn parse_call(call: &str) -> Option<(String, BTreeSet<String>)> {
        let (key, rest) = call.trim_start().strip_prefix('"')?.split_once('"')?;
        let (mut depth, mut in_string, mut previous) = (0, false, ' ');
        let (mut arguments, mut current) = (Vec::new(), String::new());
        for c in rest.chars() {
            match c {
                '"' if previous != '\\' => in_string = !in_string,
                '(' | '[' | '{' if !in_string => depth += 1,
                ')' if !in_string && depth == 0 => break,
                ')' | ']' | '}' if !in_string => depth -= 1,
                ',' if !in_string && depth == 0 => arguments.push(std::mem::take(&mut current)),
                _ => {}
            }
            current.push(c);
            previous = c;
        }
        arguments.push(current);
        let name = |argument: &String| Some(argument.trim_matches([',', ' ', '\n']).split_once(" = ")?.0.to_owned());
        Some((key.to_owned(), arguments.iter().filter_map(name).collect()))
    }

    /// The placeholders of each message.
    fn placeholders(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            key = keys(line).next().map(str::to_owned).or(key);
            let Some(key) = &key else { continue };
            let names = found.entry(key.clone()).or_default();
            for part in line.split('$').skip(1) {
                names.insert(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
        found
    }

    #[test]
    fn the_bundled_words_are_whole_and_no_key_stands_twice() {
        let resource = FluentResource::try_new(ENGLISH.to_owned()).map_err(|(_, errors)| errors).unwrap();
        let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap()]);
        bundle.add_resource(resource).unwrap();
        for key in keys(ENGLISH) {
            assert!(bundle.get_message(key).is_some(), "{key} was not understood");
        }
    }

    #[test]
    fn every_key_in_the_source_has_a_message_with_just_its_placeholders() {
        let messages = placeholders(ENGLISH);
        let mut wrong = Vec::new();
        for (path, text) in source() {
            // `include_str!(` is another macro.
            let calls = text.match_indices("tr!(").filter(|(at, _)| !text[..*at].ends_with('s'));
            for (at, call) in calls {
                let Some((key, names)) = parse_call(&text[at + call.len()..]) else {
                    continue;
                };
                match messages.get(&key) {
                    None => wrong.push(format!("{path}: there is no message {key}")),
                    Some(wanted) if *wanted != names => {
                        wrong.push(format!("{path}: {key} needs {wanted:?} and is given {names:?}"));
                    }
                    Some(_) => {}
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_language_says_all_that_english_says() {
        let english = placeholders(ENGLISH);
        for (code, text) in OTHERS {
            let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| errors).unwrap();
            let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap()]);
            bundle.add_resource(resource).unwrap();
            let own = placeholders(text);
            for (key, names) in &english {
                assert!(bundle.get_message(key).is_some_and(|message| message.value().is_some()), "{code}: {key}");
                assert_eq!(own.get(key), Some(names), "{code}: {key}");
            }
            assert_eq!(own.len(), english.len(), "{code} says more than English");
        }
    }

    #[test]
    fn other_languages_have_their_own_plurals() {
        for ((code, text), [one, two]) in OTHERS.iter().zip([["1 Schritt", "2 Schritte"], ["1 paso", "2 pasos"]]) {
            let words = Words::parse(code, text);
            let say = |n: usize| {
                let args: FluentArgs<'_> = [("n", Value::from(n))].into_iter().collect();
                words.format("say-left-out", Some(&args)).0.unwrap()
            };
            assert!(say(1).contains(one) && say(2).contains(two), "{code}: {} {}", say(1), say(2));
        }
    }

    #[test]
    fn every_action_has_words() {
        for info in ACTIONS {
            assert!(WORDS.plain.contains_key(&format!("action-{}", info.action.name())), "{:?}", info.action);
        }
    }

    #[test]
    fn every_message_is_used() {
        let all = source().into_iter().map(|(_, text)| text).collect::<String>();
        for key in keys(ENGLISH) {
            let is_action = ACTIONS.iter().any(|info| key.strip_prefix("action-") == Some(info.action.name()));
            assert!(is_action || all.contains(&format!("\"{key}\"")), "{key} is not used");
        }
    }

    #[test]
    fn a_missing_key_shows_itself_and_a_missing_value_ends_nothing() {
        assert_eq!(message("no-such-key"), "no-such-key");
        assert_eq!(message_with("no-such-key", &[("a", Value::from(1))]), "no-such-key");
        let words = Words::parse("en", "half = from { $a } to { $b }\n9 is no key\nrest = fine\n");
        assert_eq!(words.format("half", None), (Some("from {$a} to {$b}".to_owned()), false));
        assert_eq!(words.format("rest", None).0.as_deref(), Some("fine"));
    }

    #[test]
    fn numbers_choose_their_plural() {
        let words = Words::parse("en", "n = { $n ->\n    [one] one step\n   *[other] { $n } steps\n}\n");
        let say = |n: usize| {
            let args: FluentArgs<'_> = [("n", Value::from(n))].into_iter().collect();
            words.format("n", Some(&args)).0.unwrap()
        };
        assert_eq!((say(1), say(3)), ("one step".to_owned(), "3 steps".to_owned()));
    }

    #[test]
    fn calls_are_read_with_their_arguments() {
        let call = "\"a-key\", name = file.name(\", b = \"), count = (1, 2).0) + tr!(\"other\")";
        let (key, names) = parse_call(call).unwrap();
        assert_eq!(key, "a-key");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["count", "name"]);
        assert!(parse_call("key)").is_none(), "a key in a variable is not read");
    }
}
