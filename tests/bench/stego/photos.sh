#!/usr/bin/env bash
# Gathers the photographs of the bench out of Debian packages; installs nothing.
# Usage: photos.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"
if [[ ${1:-} == -h || ${1:-} == --help ]]; then print_help && exit; fi
(($# == 1)) || usage_error "which folder?"

packages=(lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds plasma-workspace-wallpapers python3-skimage)
# Photographs in colour, large enough to be halved; the packages hold drawings as well.
lomiri=(Bridge_by_Sander_Klootwijk Dragonfly_by_Bolly Kleiber_by_Lukas_Baubkus Picture_0B_by_freespace
    Picture_1A_by_freespace Wine_by_Jakkub_Mede aitzgorri_by_Aitzol_Berasategi free_by_Peter_Nerlich
    friends_by_Aitzol_Berasategi greentock_by_Peter_Nerlich life_by_Aitzol_Berasategi
    picosdeeuropa_by_Aitzol_Berasategi seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi)
mate=(abstract/Elephants_5640x3172 nature/Aqua nature/Blinds nature/Dune nature/Garden nature/GreenMeadow
    nature/LadyBird nature/RainDrops nature/Storm nature/TwoWings nature/Wood nature/YellowFlower)
plasma=(BytheWater ColorfulCups DarkestHour EveningGlow FallenLeaf Kite OneStandsOut Path summer_1am)
skimage=(retina)

mkdir -p "$1"
folder=$(cd "$1" && pwd)
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
cd "$unpacked"
apt-get download -q -o APT::Sandbox::User=root "${packages[@]}" >download.log 2>&1 ||
    fail "cannot fetch ${packages[*]}: $(tail -n 1 download.log)"
for package in *.deb; do dpkg-deb -x "$package" root; done
share=root/usr/share
for name in "${lomiri[@]}"; do cp "$share/backgrounds/$name.jpg" "$folder/"; done
for name in "${mate[@]}"; do cp "$share/backgrounds/mate/$name.jpg" "$folder/"; done
for name in "${plasma[@]}"; do cp "$share/wallpapers/$name/contents/images/2560x1600.jpg" "$folder/$name.jpg"; done
for name in "${skimage[@]}"; do cp root/usr/lib/python3/dist-packages/skimage/data/"$name.jpg" "$folder/"; done
