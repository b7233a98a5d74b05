//! The words the parser knows, by class: the data behind every stage.
//!
//! Classes overlap ("light" is a shade, an adjective and a noun); the stages decide by position. What other parts of the
//! program read too comes from [`words`].

use super::normalise::Token;
use bitflags::bitflags;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use tie_core::words;

bitflags! {
    /// A set of word classes.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Class: u32 {
        /// "the", "this", "my": the thing is there already.
        const DEFINITE = 1;
        /// "a", "some", "another": the thing is new.
        const INDEFINITE = 1 << 1;
        /// "two", "12".
        const NUMBER = 1 << 2;
        /// Stands for a thing named elsewhere.
        const PRONOUN = 1 << 3;
        /// "his", "its": stands for an owner that must be found.
        const POSSESSIVE = 1 << 4;
        /// First word of a phrase that says where.
        const PLACE = 1 << 5;
        /// Basic colour terms and common shades.
        const COLOUR = 1 << 6;
        /// Says which kind of a colour: "light".
        const SHADE = 1 << 7;
        /// What a thing is made of, as noun or adjective.
        const MATERIAL = 1 << 8;
        /// "left", "upper", "corner", "foreground".
        const POSITION = 1 << 9;
        /// Forms of "to be" and "to become".
        const BE = 1 << 10;
        /// "should", "must", "can".
        const MODAL = 1 << 11;
        /// Bare verb that says what someone or something does.
        const ACTION = 1 << 12;
        /// Action of the body: the result is another pose.
        const POSTURE = 1 << 13;
        /// Says how much: "slightly", "more".
        const DEGREE = 1 << 14;
        /// Adjective that can stand after its noun: "make the dog happy".
        const QUALITY = 1 << 15;
        /// Change of light or colour that needs no new content: "brighter".
        const LIGHT = 1 << 16;
        /// The picture itself.
        const IMAGE = 1 << 17;
        /// What is behind the subject.
        const BACKDROP = 1 << 18;
        /// A look, season or time of day of the whole picture.
        const STYLE = 1 << 19;
        /// Cannot be counted, so takes no "a".
        const MASS = 1 << 20;
        /// One is in it rather than on it.
        const CONTAINER = 1 << 21;
        /// Referred to by "he".
        const MALE = 1 << 22;
        /// Referred to by "she".
        const FEMALE = 1 << 23;
        /// Somebody, or an animal.
        const ANIMATE = 1 << 24;
        /// "and", "then", "also": joins clauses.
        const JOIN = 1 << 25;
        /// "who", "wearing", "with": what follows belongs to the noun before.
        const BINDS = 1 << 26;
        /// Opens a question that asks for an answer, not for an edit.
        const ASKS = 1 << 27;

        /// Says how a thing is, not what it is.
        const COLOUR_LIKE = Self::COLOUR.bits() | Self::SHADE.bits() | Self::QUALITY.bits() | Self::POSITION.bits()
            | Self::DEGREE.bits();
        /// Any word that opens a noun phrase.
        const DETERMINER = Self::DEFINITE.bits() | Self::INDEFINITE.bits() | Self::POSSESSIVE.bits();
        /// Holds a sentence together; no request ends behind one.
        const FUNCTION = Self::DETERMINER.bits() | Self::PLACE.bits() | Self::JOIN.bits() | Self::BINDS.bits()
            | Self::MODAL.bits() | Self::BE.bits() | Self::ASKS.bits();
    }
}

impl Class {
    /// Whether the two sets share a class.
    pub(super) const fn is(self, other: Self) -> bool {
        self.intersects(other)
    }
}

const WORDS: &[(Class, &str)] = &[
    (Class::DEFINITE, "the this that these those my your our both all each every"),
    (Class::POSSESSIVE, "his her its their"),
    (Class::INDEFINITE, "a an another some several few many any more someone somebody something"),
    (
        Class::PRONOUN,
        "someone somebody something it him her them he she they this that these those everything himself herself itself themselves",
    ),
    (
        Class::PLACE,
        "on in at near behind under beneath below above over beside next between among amid inside within outside around \
         across along against by onto upon atop underneath toward towards through beyond opposite off from into throughout",
    ),
    (
        Class::SHADE,
        "light dark bright pale deep neon pastel vivid dull hot sky navy baby royal lighter darker brighter paler deeper matte shiny metallic bluish reddish greenish",
    ),
    (
        Class::MATERIAL,
        "wood wooden metal metallic steel iron aluminum aluminium brass bronze copper gold golden silver chrome tin glass \
         plastic rubber leather fabric cloth cotton wool woolen woollen silk linen denim velvet lace satin suede nylon \
         polyester canvas paper cardboard stone marble granite slate concrete brick clay ceramic porcelain crystal diamond \
         jade ice wicker bamboo straw rattan fur plush knit knitted felt wax chocolate titanium vinyl polycarbonate foam \
         stainless rope pearl acrylic carbon mesh tile tiled lego origami gingerbread cobblestone asphalt terracotta resin",
    ),
    (Class::POSITION, "top-left top-right bottom-left bottom-right left-hand right-hand"),
    (Class::BE, "be is are was were being been become becomes isn't aren't"),
    (Class::MODAL, "should must could would can will might needs need ought shall may gets get"),
    (
        Class::POSTURE,
        "sit stand lie sleep kneel crouch squat jump run walk fly swim dance lean bend bow smile smiling laugh cry frown \
         wink wave kick sing shout yawn stretch climb crawl ride face look stare stare gaze glance rest lay hop leap",
    ),
    (
        Class::ACTION,
        "wear hold eat drink carry have has say read show hang float grow contain watch chase pull push play block hug kiss \
         pet catch throw hit swing touch point use put stick shine burn glow melt bloom rain snow fall rise drive drop \
         surf ski skate bark roar bite chew cook cut pour spill drip explode smoke blow display feature turn appear seem \
         resemble come go stay fight attack feed land lick open close pose raise reflect cover surround talk type write \
         spray sniff nap graze fish perch hide leave return roll spin sail seems looks wears holds has sits stands had wore held sat stood",
    ),
    (
        Class::DEGREE,
        "more less much very slightly somewhat really extremely completely totally fully entirely all way far significantly \
         considerably bit little lot too so even quite mostly partly heavily barely just only lightly strongly twice",
    ),
    (
        Class::QUALITY,
        "happy sad angry old young new clean dirty wet dry empty full open closed big bigger small smaller large larger \
         huge tiny tall taller short shorter long longer wide wider narrow thin thinner thick thicker fat fatter round \
         square flat curly straight striped plaid spotted floral patterned checkered shiny glossy matte rusty broken \
         cracked snowy rainy sunny cloudy foggy misty stormy clear smooth rough fluffy furry bald bearded visible \
         invisible transparent solid spooky scary beautiful pretty nicer better modern vintage antique rustic fancy cute \
         funny cheerful gloomy dramatic realistic romantic futuristic asleep awake gone on off lit unlit frozen burnt \
         ripe rotten fresh cooked raw sliced red-hot upright upside-down transparent barefoot naked pregnant older younger \
         happier sadder greener bluer redder whiter blacker greyer lush bare rich plain fuzzy sparkly straighter curlier \
         cleaner fuller emptier colder hotter surprised",
    ),
    (
        Class::LIGHT,
        "brighter bright lighter darker dark dimmer dim warmer warm cooler cool blurry blurred blurrier blur sharper sharp crisper crisp \
         vivid vibrant saturated desaturated unsaturated muted faded dull grayscale greyscale monochrome monochromatic \
         contrast contrasty colorful colourful saturation brightness warmth exposure underexposed overexposed washed-out vibrance black-and-white",
    ),
    (Class::IMAGE, "image photo photograph picture pic scene everything screenshot shot snapshot img"),
    (Class::BACKDROP, "background backdrop scenery surroundings setting"),
    (
        Class::STYLE,
        "sketch cartoon watercolor watercolour anime manga painting cyberpunk impressionist impressionism pixar ghibli \
         comic cubist cubism surrealist surrealism steampunk vaporwave sepia drawing illustration pixel-art minimalist \
         gothic noir retro oil engraving mosaic pop-art graffiti claymation baroque charcoal night winter summer autumn \
         spring sunset dusk dawn nighttime daytime evening morning sunrise day fall",
    ),
    (
        Class::MASS,
        "grass water snow sand sky smoke fog mist fire rain ice hair fur milk juice tea coffee food fruit bread rice cheese \
         salad makeup luggage furniture text graffiti wood metal gravel dirt mud hay ivy moss foliage greenery lightning \
         sunlight light traffic broccoli cappuccino jewelry clothing money wine beer butter sugar salt pepper ketchup \
         lava tofu gravy honey yogurt bacon corn steam dust confetti rust seaweed frost hail mustard jam popcorn spinach \
         pasta spaghetti pizza-sauce sauce soup cream lettuce driftwood grassland black white lace paper glass-ware sea",
    ),
    (
        Class::CONTAINER,
        "room sky water bowl basket box cup glass vase pot sea ocean lake river pool bag car bus kitchen bathroom bedroom \
         office street intersection field forest background foreground image photo picture scene middle center centre \
         corner distance air garden park window sink bathtub toilet fridge oven drawer mirror pond snow grass sand",
    ),
    (
        Class::MALE,
        "man boy guy father dad king husband son brother gentleman he him his himself grandfather batter groom",
    ),
    (Class::FEMALE, "woman girl lady mother mom queen wife daughter sister she her herself grandmother bride"),
    (
        Class::ANIMATE,
        "man boy guy father woman girl lady mother person people child kid baby player rider instructor doctor policeman \
         cat dog horse cow sheep bird zebra giraffe elephant bear goat lion tiger duck fox rabbit animal teddy",
    ),
    (
        Class::JOIN,
        "and then also but plus while & + additionally finally lastly afterwards afterward furthermore moreover meanwhile next secondly thirdly please now too",
    ),
    (
        Class::BINDS,
        "who that which whose with without holding wearing carrying riding of between made having containing including eating using",
    ),
    (Class::ASKS, "what who where why when how which whose"),
];

static LEXICON: LazyLock<HashMap<&'static str, Class>> = LazyLock::new(|| {
    let mut lexicon = HashMap::<_, Class>::new();
    for (class, word) in entries() {
        *lexicon.entry(word).or_default() |= class;
    }
    lexicon
});

/// Every word with one of its classes.
fn entries() -> impl Iterator<Item = (Class, &'static str)> {
    let here = WORDS.iter().flat_map(|(class, words)| words.split_whitespace().map(|word| (*class, word)));
    let shared = words::colour_words().map(|word| (Class::COLOUR, word));
    let shared = shared.chain(words::sides().map(|word| (Class::POSITION, word)));
    here.chain(shared).chain(words::numerals().map(|word| (Class::NUMBER, word)))
}

/// The classes of a lower-case word; digits are numbers, unknown words have none.
pub(super) fn classify(word: &str) -> Class {
    if let Some(class) = LEXICON.get(word) {
        return *class;
    }
    if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Class::NUMBER;
    }
    Class::default()
}

/// Every word of the tables, for tests that put them in random order.
#[cfg(test)]
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    entries().map(|(_, word)| word)
}

/// The words that hold sentences together.
#[cfg(test)]
pub(super) fn little() -> impl Iterator<Item = &'static str> {
    let more = ["to", "not", "no", "there", "if", "instead", "but", "or", "same", "unchanged"];
    vocabulary().filter(|word| classify(word).is(Class::FUNCTION | Class::PRONOUN)).chain(more)
}

/// What shows where something was removed, from the thing it was on or in.
pub(super) const BEHIND: &[(&str, &str)] = &[
    ("wall", "a plain wall"),
    ("floor", "a bare floor"),
    ("ground", "bare ground"),
    ("table", "an empty table top"),
    ("desk", "an empty desk top"),
    ("counter", "an empty counter top"),
    ("shelf", "an empty shelf"),
    ("plate", "an empty plate"),
    ("bowl", "an empty bowl"),
    ("sofa", "an empty sofa"),
    ("couch", "an empty couch"),
    ("chair", "an empty chair"),
    ("bench", "an empty bench"),
    ("bed", "a plain bed cover"),
    ("rug", "a plain rug"),
    ("carpet", "a plain carpet"),
    ("grass", "plain grass"),
    ("lawn", "a plain lawn"),
    ("field", "an open field"),
    ("sky", "a clear sky"),
    ("road", "an empty road"),
    ("street", "an empty street"),
    ("sidewalk", "an empty sidewalk"),
    ("beach", "an empty beach"),
    ("sand", "smooth sand"),
    ("snow", "smooth snow"),
    ("water", "calm water"),
    ("sea", "calm sea"),
    ("ocean", "calm ocean water"),
    ("lake", "calm lake water"),
    ("river", "calm river water"),
    ("ceiling", "a plain ceiling"),
    ("window", "a clear window pane"),
    ("door", "a plain door"),
    ("fence", "a plain fence"),
    ("tree", "green leaves and branches"),
    ("shirt", "plain shirt fabric"),
];

/// Changes of light in the words an adjusting engine reads; the last word that is found decides.
pub(super) const ADJUSTMENTS: &[(&str, &str)] = &[
    ("brighter bright lighter light brightness", "brighter"),
    ("darker dark dimmer dim", "darker"),
    ("exposure overexposed", "more exposure"),
    ("underexposed", "less exposure"),
    ("vivid vibrant saturated colorful colourful saturation vibrance", "more saturated"),
    ("desaturated unsaturated muted faded dull washed-out", "less saturated"),
    ("warmer warm warmth temperature", "warmer"),
    ("cooler cool colder", "cooler"),
    ("blurry blurred blurrier blur unfocused blurriness", "blurred"),
    ("sharper sharp sharpness crisper crisp crispness clarity detail", "sharper"),
    ("contrast contrasty", "more contrast"),
    ("grayscale greyscale monochrome monochromatic black-and-white", "black and white"),
];

/// An adjustment turned into its opposite.
pub(super) const OPPOSITES: &[(&str, &str)] = &[
    ("brighter", "darker"),
    ("darker", "brighter"),
    ("more exposure", "less exposure"),
    ("less exposure", "more exposure"),
    ("more saturated", "less saturated"),
    ("less saturated", "more saturated"),
    ("warmer", "cooler"),
    ("cooler", "warmer"),
    ("blurred", "sharper"),
    ("sharper", "blurred"),
    ("more contrast", "less contrast"),
];

/// Pairs that "and" does not split: one thing, or one pattern.
pub(super) const BINOMIALS: &[(&str, &str)] = &[
    ("salt", "pepper"),
    ("black", "white"),
    ("bread", "butter"),
    ("mac", "cheese"),
    ("macaroni", "cheese"),
    ("fish", "chips"),
    ("bow", "arrow"),
    ("bed", "breakfast"),
    ("rock", "roll"),
    ("arts", "crafts"),
    ("peanut", "jelly"),
    ("stars", "stripes"),
    ("surf", "turf"),
    ("lost", "found"),
];

/// What people wear.
pub(super) const GARMENTS: &[&str] = &[
    "dress", "suit", "tuxedo", "shirt", "t-shirt", "coat", "jacket", "sweater", "hoodie", "vest", "uniform", "costume",
    "robe", "gown", "skirt", "jeans", "pants", "shorts", "kimono", "outfit", "armor", "armour", "jersey", "pajamas",
    "bikini", "swimsuit", "wetsuit", "overalls", "apron", "cape", "toga", "sari", "blouse", "blazer",
];

/// Nouns that look like verbs.
const THINGS_IN_ING: &str = "painting building drawing carving lighting clothing railing awning ceiling flooring covering \
    wiring plumbing writing lettering engraving etching icing frosting topping filling stuffing dressing seasoning coating \
    piping fencing paving siding roofing bedding padding stitching binding wrapping packaging earring wedding pudding \
    dumpling duckling gosling sapling seedling sibling king ring string spring wing swing evening morning clearing crossing \
    landing opening parting braiding molding moulding scaffolding netting matting tubing gating banding beading piercing \
    bunting grating grouting dwelling housing mooring offspring sling bed shed weed seed steed";

/// Nouns that are things only after another one: "a wall hanging".
const COMPOUNDS_IN_ING: &[(&str, &str)] = &[
    ("wall", "hanging"),
    ("door", "hanging"),
    ("ceiling", "hanging"),
    ("place", "setting"),
    ("table", "setting"),
    ("car", "parking"),
    ("bike", "racing"),
    ("horse", "racing"),
    ("dog", "clothing"),
    ("hot", "spring"),
];

static IN_ING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| THINGS_IN_ING.split_whitespace().collect());

/// Whether a word that looks like a verb names a thing in its place: "the building", "a wall hanging", "an oil painting
/// on the wall", but not "the man painting the wall".
pub(super) fn is_thing_by_name(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let compound =
        || before.is_some_and(|before| COMPOUNDS_IN_ING.iter().any(|(a, b)| before.word(a) && token.word(b)));
    let does = tokens.get(at + 1).is_some_and(|next| next.is(Class::DETERMINER) || next.is(Class::PRONOUN));
    !does && (is_noun_in_ing(&token.lower) || compound())
}

/// Whether a word that ends like a verb is a noun.
pub(super) fn is_noun_in_ing(word: &str) -> bool {
    IN_ING.contains(word) || word.strip_suffix('s').is_some_and(|one| IN_ING.contains(one))
}

/// The colour that a word is.
pub(super) fn colour(word: &str) -> Option<&'static str> {
    let (known, class) = LEXICON.get_key_value(word)?;
    class.is(Class::COLOUR).then_some(*known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_all_their_classes() {
        assert!(classify("golden").is(Class::COLOUR) && classify("golden").is(Class::MATERIAL));
        assert!(classify("42").is(Class::NUMBER));
        assert_eq!(classify("xyzzy"), Class::default());
    }
}
