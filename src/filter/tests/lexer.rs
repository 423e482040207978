//! Tables of texts and their tokens, one line a text.

use crate::filter::ast::Shape;
use crate::filter::lexer::{Lexer, Token, TokenKind};

/// The tokens of a text up to its end, each as a short word, separated by single spaces.
fn tokens(text: &str) -> String {
    let mut lexer = Lexer::new(text);
    let mut words = Vec::new();
    loop {
        let token = lexer.next_token();
        if token.kind == TokenKind::End {
            return words.join(" ");
        }
        words.push(word(&token));
    }
}

fn word(token: &Token<'_>) -> String {
    match &token.kind {
        TokenKind::Comma | TokenKind::Open | TokenKind::Close => token.raw.to_owned(),
        TokenKind::Comparison(comparison) => comparison.to_string(),
        TokenKind::Case(case) => case.to_string().to_uppercase(),
        TokenKind::Now(now) => now.to_string().to_uppercase(),
        TokenKind::Literal(literal) => match literal.shape {
            Shape::Text => format!("text<{}>", literal.text),
            Shape::Number if literal.quoted => format!("quoted<{}>", literal.text),
            Shape::Number => format!("number<{}>", literal.text),
            Shape::Boolean => format!("boolean<{}>", literal.text),
        },
        TokenKind::Path(segments) => format!("path<{}>", segments.join("|")),
        TokenKind::Parameter(name) => format!("parameter<{name}>"),
        TokenKind::Unknown => format!("unknown<{}>", token.raw),
        other => format!("{other:?}").to_uppercase(),
    }
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(&tokens(text), expected, "{text:?}");
    }
}

#[test]
fn signs_are_as_long_as_possible() {
    check(&[
        ("", ""),
        (",()", ", ( )"),
        ("= != <> < <= > >=", "= != != < <= > >="),
        ("==", "= ="),
        ("< >", "< >"),
        ("<=>", "<= >"),
        ("<>=", "!= ="),
        ("!", "unknown<!>"),
        ("! =", "unknown<!> ="),
        ("=!", "= unknown<!>"),
    ]);
}

#[test]
fn any_unicode_white_space_separates_tokens() {
    check(&[
        (" a\tb\nc\r\nd ", "path<a> path<b> path<c> path<d>"),
        ("a\u{a0}b\u{2003}c\u{3000}d\u{2028}e\u{85}f", "path<a> path<b> path<c> path<d> path<e> path<f>"),
        ("a\u{200b}b", "path<a> unknown<\u{200b}> path<b>"),
        ("\u{feff}a", "unknown<\u{feff}> path<a>"),
    ]);
}

#[test]
fn words_are_words_in_any_case_and_only_when_alone() {
    check(&[
        ("between BETWEEN Between", "BETWEEN BETWEEN BETWEEN"),
        ("in and like or is not null", "IN AND LIKE OR IS NOT NULL"),
        ("iN aNd lIkE Or IS nOt NULL", "IN AND LIKE OR IS NOT NULL"),
        ("upper LOWER", "UPPER LOWER"),
        ("current_date CURRENT_TIME Current_Timestamp", "CURRENT_DATE() CURRENT_TIME() CURRENT_TIMESTAMP()"),
        ("true FALSE True", "boolean<true> boolean<FALSE> boolean<True>"),
        ("inn _in in1 notin", "path<inn> path<_in> path<in1> path<notin>"),
        ("a.in in.a true.x upper.x", "path<a|in> path<in|a> path<true|x> path<upper|x>"),
        ("`in` `true`.`not`", "path<in> path<true|not>"),
        ("i\u{307}s \u{131}n li\u{212a}e", "path<i> unknown<\u{307}> path<s> path<\u{131}n> path<li\u{212a}e>"),
    ]);
}

#[test]
fn numbers_need_digits_on_both_sides_of_the_dot() {
    check(&[
        ("0 7 02127 -5 1.5 -0.25", "number<0> number<7> number<02127> number<-5> number<1.5> number<-0.25>"),
        ("1.", "number<1> unknown<.>"),
        (".5", "unknown<.> number<5>"),
        ("1.5.6", "number<1.5> unknown<.> number<6>"),
        ("1.x", "number<1> unknown<.> path<x>"),
        ("-", "unknown<->"),
        ("--1", "unknown<-> number<-1>"),
        ("- 1", "unknown<-> number<1>"),
        ("+1", "unknown<+> number<1>"),
        ("5-3", "number<5> number<-3>"),
        ("1e5", "number<1> path<e5>"),
        ("1or 2and", "number<1> OR number<2> AND"),
        ("in(1,2)AND(", "IN ( number<1> , number<2> ) AND ("),
        ("\u{661}", "unknown<\u{661}>"),
    ]);
}

#[test]
fn a_number_in_quotes_is_a_number() {
    check(&[
        ("'94036' '-5' '1.50'", "quoted<94036> quoted<-5> quoted<1.50>"),
        ("'94036%'", "text<94036%>"),
        (
            "' 1' '1 ' '+1' '1.' '.5' '1e5' '--1' '-'",
            "text< 1> text<1 > text<+1> text<1.> text<.5> text<1e5> text<--1> text<->",
        ),
        ("'12''x'", "text<12'x>"),
        ("'\u{661}'", "text<\u{661}>"),
    ]);
}

#[test]
fn a_text_ends_at_the_farthest_quote_that_can_close_it() {
    check(&[
        ("''", "text<>"),
        ("'a'", "text<a>"),
        ("'a' 'b'", "text<a> text<b>"),
        ("'O''Brien'", "text<O'Brien>"),
        ("''''", "text<'>"),
        ("''''''", "text<''>"),
        ("'a'''", "text<a'>"),
        ("'''a'", "text<'a>"),
        (r"'it\'s'", r"text<it\'s>"),
        (r"'a\'", r"text<a\>"),
        (r"'\'", r"text<\>"),
        (r"'\\'", r"text<\\>"),
        (r"'a\' or b = 'c", r"text<a\' or b = > path<c>"),
        (r"'a\' or b = '", r"text<a\' or b = >"),
        (r"'a\', 'b\', 'c\'", r"text<a\', > path<b> unknown<\> text<, > path<c> unknown<\> UNCLOSEDTEXT"),
        (r"'a\''", r"text<a\'>"),
        (r"'a\'''", r"text<a\'>"),
        (r"'a\'' 'b'", r"text<a\' > path<b> UNCLOSEDTEXT"),
        (r"'\''''x", r"text<\''> path<x>"),
        ("'a\nb\t\"`; --'", "text<a\nb\t\"`; -->"),
        ("'漢字 🦀 ünï'", "text<漢字 🦀 ünï>"),
    ]);
}

#[test]
fn a_text_without_a_closing_quote_takes_the_rest() {
    check(&[
        ("'", "UNCLOSEDTEXT"),
        ("'abc and d = 1", "UNCLOSEDTEXT"),
        ("'''", "text<> UNCLOSEDTEXT"),
        ("'a''", "text<a> UNCLOSEDTEXT"),
        ("'a''b", "text<a> UNCLOSEDTEXT"),
        ("'a' 'b", "text<a> UNCLOSEDTEXT"),
        ("'12''", "quoted<12> UNCLOSEDTEXT"),
    ]);
}

#[test]
fn a_path_is_names_joined_by_dots() {
    check(&[
        ("a _ _1 a1_B", "path<a> path<_> path<_1> path<a1_B>"),
        ("a.b.c_1", "path<a|b|c_1>"),
        ("a .b", "path<a> unknown<.> path<b>"),
        ("a. b", "path<a> unknown<.> path<b>"),
        ("a..b", "path<a> unknown<.> unknown<.> path<b>"),
        ("a.", "path<a> unknown<.>"),
        ("a.1", "path<a> unknown<.> number<1>"),
        ("a-b", "path<a> unknown<-> path<b>"),
        ("größe.名前 Ω1", "path<größe|名前> path<Ω1>"),
        ("a$b", "path<a> unknown<$> path<b>"),
    ]);
}

#[test]
fn a_name_in_backquotes_may_contain_anything() {
    check(&[
        ("`order line`", "path<order line>"),
        ("`order line`.`a.b`", "path<order line|a.b>"),
        ("a.`b c`.d", "path<a|b c|d>"),
        ("`a``b`", "path<a`b>"),
        ("````", "path<`>"),
        ("`it's`", "path<it's>"),
        ("`a\nb`", "path<a\nb>"),
        ("`a`b", "path<a> path<b>"),
        ("``", "EMPTYNAME"),
        ("a.`` b", "EMPTYNAME path<b>"),
        ("`a b", "UNCLOSEDNAME"),
        ("a.`b c = 1", "UNCLOSEDNAME"),
        ("`a``", "UNCLOSEDNAME"),
    ]);
}

#[test]
fn a_parameter_is_a_colon_and_a_name() {
    check(&[
        (":userId", "parameter<userId>"),
        (":in :_ :ü1", "parameter<in> parameter<_> parameter<ü1>"),
        (":a.b", "parameter<a> unknown<.> path<b>"),
        (":", "unknown<:>"),
        (": a", "unknown<:> path<a>"),
        (":1", "unknown<:> number<1>"),
        ("::a", "unknown<:> parameter<a>"),
    ]);
}

#[test]
fn every_other_character_is_unknown() {
    for character in ";\"+*/&|%?#@[]{}^~$\\\0\u{301}🦀".chars() {
        let expected = format!("path<a> unknown<{character}> path<b>");
        assert_eq!(tokens(&format!("a{character}b")), expected);
    }
}

#[test]
fn positions_count_characters_and_offsets_count_bytes() {
    let mut lexer = Lexer::new("ü = '漢字' and 🦀");
    let mut places = Vec::new();
    for _ in 0..6 {
        let token = lexer.next_token();
        places.push((token.raw, token.position, token.offset));
    }
    let expected = [("ü", 0, 0), ("=", 2, 3), ("'漢字'", 4, 5), ("and", 9, 14), ("🦀", 13, 18), ("", 14, 22)];
    assert_eq!(places, expected);
}
