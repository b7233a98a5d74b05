//! Correct words that are one letter from a verb or colour of the tables.
//!
//! All English words that often occur (the American word list of SCOWL, crossed with how often they are written), and names.
//! A verb or colour that comes new to the tables brings its neighbours here.

use std::collections::HashSet;
use std::sync::LazyLock;

static NEIGHBOURS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a lower-case word is itself a word.
pub(super) fn is_word(word: &str) -> bool {
    NEIGHBOURS.contains(word)
}

const WORDS: &str = "\
    after aide aint alder alice alight alive altar alters ameer amply apple apter aptly aquae aquas arise arm \
    arose aster atone bake bang baring beach beak beep beeping bellow bering bide bight bill blacks bland blank \
    bleak blend blight blind bling blip blonder blondes blonds blood blower blown bluebell blued blues blurb blurs \
    blurt boast bold bond bone boos boosts boot boots boring bower braise brawn bray breaks bream brig brightens \
    brighton brine brings brink briny bronzed bronzer bronzes brow browne brownie browns brows brunettes builds \
    built bur cake camber cave chance changed changes charcoals charge chestnuts chide chop chopper choral chose \
    chow clack clan cleans clears cleat cleave cleaving clime clip clive clone clop closer closes closet clove \
    clover clue coal coder codify coil col cold colon colonize colors colours comer concert cone convent converts \
    coo cools coon coop cooper coos coot cop copier copped coppers coppery copter corals corp corral cove coven \
    covers covert coves covet covey cower cowl cram crap crate craw cray creak creams creamy crease created \
    creates cremate cropper crops croup crow crown custard darkens darren dave deal decease decorated decorates \
    decreased decreases deduce deleted deletes deplete deposition detain dill dime dink dint discards discord dive \
    doable done dose doubled doubles doublet doubly dove drab drag dram drawl drawn draws dray dream drew droop \
    drops drown duplicated duplicates ease eave edict edith edits elide eliminated eliminates ember emeralds emit \
    enhanced enhancer enhances enlarged enlarger enlarges eras erased eraser erases excepts excerpt exchanged \
    exchanger exchanges excluded excludes exit faint fake falter fang farm fave fell fellow file fills filly film \
    finger fink flack flap flight flips flit flop flower flue fold fool fray freak frighten frill fuchsias gang \
    gary gave gay geld generated generates gibe gild gill gilt given gives glean glee glide glower glue goad god \
    golds golf good grab grad grade grain gram gran grange gravy grays great greed greek greens greet greg grep \
    grew greys grown guild gush hag hake hale halter halve han hand hangs hank hans hare harken harm hate haven \
    haves haze heal heave heaving hid hides hie hike hill hilt hing hint hire hive holden hone hong hopper hose \
    hove hover hung hut hyde hype ill included includes increased increases inert ink inky insect inserts inset \
    int intensity introduced introduces invert ive jake jeep jill jilt jive jose keel keeling keen keening keeps \
    kelp khakis kill kilt kink kool lack lame lase later lavenders leach leading leafing leaking leaning leaping \
    lease leasing leaved leaven leaves leavings lengthens lice life lighted lightens lights like lilacs lilt lima \
    limb limes limey limo limp line linger link lint lip lire lite live lobe lode loge lone loner loose lope lore \
    loser loses loss lost louse love lover lowers mace mage maintains maker makes male mane mare marion maroons \
    mate maze meal medal mellow mental mike mill milt mime min mind mine mini mink mints minty minx mitt mode mold \
    mole mope moral morphs mote moved mover moves movie mower nary nave navel nay none nose obit oink olden oliver \
    olives omen omits opens oral oranges owen oxen pace pain pains paints palace pang pant pave peace peal peep \
    peeping pen petal pick pill pin pine ping pinkie pinks pinky pins pint pipe placed placer places plaice plaint \
    plait plan plane planet plank plans plants plat plate pliant plight poach pone popper power praise pray preach \
    preen preposition preserved preserver preserves prey print prop prose punk purples qua rainbows raised raiser \
    raises rake rang range rave ray reach real ream reduced reduces regain relocated relocates remains remote \
    remover removes replaced replaces reserve reserving retail retains retrain rill rime ring ringer rink rite \
    robe rode roe roes role rome roost rosa rosemary roses rosie ross rosy rotated rotates rote rouse rove rover \
    rower rub rube rubs ruddy rugby ruse ryan saint sake salmons salon saloon salter salver sandy sang sap \
    sapphires saturates save scarlett scow scream seal seduce seep seeping shaft sharpens shat shave shaw shifts \
    shifty shirt shit shod shoe shoo shop shorted shortens shown shows showy shrank shriek shrift shrine shrinks \
    shrunk shun shunt shuts sift sight sill silt silvers silvery singer slack slant slap slicer slices slick slid \
    slider slides slight slime slip sliver slow slower sluice slur slut smit smut snap snide snitch soap sold \
    solver sow sower spice splice stake starlet steal stilt stint stitch stow straightens stylish stylist stylized \
    substituted substitutes surrounds swab swag swam swamp swan swaps swarm swat swatch sway swift swipe swop \
    taint taken taker takes tale tame tang tanned tape tare tate taupe teach teak teals team tear teas teat tel \
    tell tent tern tide tight tighten tike til till tilts time tina tine ting tins tints tirade tit toe toke told \
    tome ton toned toner tones tong toni tonne tons tony tool topper tore torn tote tower trace trad traded trader \
    trades transforms tray trifle tripe tripled triples triplet triply trite tun tune turd turf turns twitch tyke \
    typed types typo tyre umber updated updater updates urn veal veep venerate violent violets vomit wake walter \
    war ward ware warms warn warp wars wart wary wavy weal weave weaving weep weeping whine whiten whites \
    widens wight wile wilt winger wiped wiper wipes wire wise witch wive wold worm wove wreak wring writ writer \
    writes writhe writs wrote yellows zeal zinger zone";
